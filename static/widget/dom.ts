// Makes elements. Text always becomes text nodes: there is no way from here to HTML.
type Child = Node | string | null;
type Prop = string | number | boolean | null | ((event: Event) => void);

/** h("button.ic", {"aria-label": "Close", onclick: close}, icon("close")) */
export const h = <K extends string>(name: K, props: Record<string, Prop> = {}, ...children: Child[]): HTMLElement => {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag!);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, `${value}`);
  }
  element.append(...children.filter((child) => child !== null));
  return element;
};

export const button = (name: string, label: string | null, act: () => void, ...children: Child[]): HTMLButtonElement =>
  h(`button${name}`, { type: "button", "aria-label": label, onclick: act }, ...children) as HTMLButtonElement;
