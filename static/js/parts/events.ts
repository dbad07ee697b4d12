// One listener a kind of event on the document, so that swapped-in fragments need no start-up of their own.
export const on = <K extends keyof DocumentEventMap>(
  kind: K,
  selector: string,
  handle: (element: HTMLElement, event: DocumentEventMap[K]) => void,
): void => {
  document.addEventListener(kind, (event) => {
    const origin = event.target instanceof Element ? event.target.closest(selector) : null;
    if (origin instanceof HTMLElement) handle(origin, event);
  });
};

export const byId = (id: string | undefined): HTMLElement | null => (id ? document.getElementById(id) : null);

export const announce = (text: string): void => {
  const region = byId("announce");
  if (region) region.textContent = text;
};
