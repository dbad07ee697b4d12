// On a phone the panel is a full sheet: the focus goes round in it, and it stays above the keyboard.

const keepFocus = (event: KeyboardEvent, sheet: HTMLElement) => {
  const active = (sheet.getRootNode() as ShadowRoot).activeElement;
  const all = [...sheet.querySelectorAll<HTMLElement>("button, textarea, a, [tabindex='0']")];
  const reachable = all.filter((one) => one.offsetParent && !one.closest("[inert]") && !one.matches(":disabled"));
  const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
  if (active !== edge && !(event.shiftKey && active === sheet)) return;
  event.preventDefault();
  reachable.at(event.shiftKey ? -1 : 0)?.focus();
};

export const fullSheet = (sheet: HTMLElement, small: MediaQueryList): void => {
  sheet.addEventListener("keydown", (event) => {
    if (event.key === "Tab" && small.matches) keepFocus(event, sheet);
  });
  window.visualViewport?.addEventListener("resize", () => {
    const { height } = window.visualViewport!;
    sheet.style.height = small.matches && innerHeight - height > 100 ? `${height}px` : "";
  });
};

/** Where a field does not grow by itself. */
export const growing = (sheet: HTMLElement): void => {
  if (CSS.supports("field-sizing", "content")) return;
  sheet.addEventListener("input", ({ target }) => {
    const { style, scrollHeight } = target as HTMLElement;
    style.height = "auto";
    style.height = `${scrollHeight}px`;
  });
};
