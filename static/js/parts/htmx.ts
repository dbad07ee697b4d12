// Glue for htmx under a strict content security policy: the CSRF header, busy buttons, failures in words.
import { clearBusy, setBusy } from "./busy";
import { showToast } from "./toasts";

interface HtmxDetail {
  elt: HTMLElement;
  headers: Record<string, string>;
  verb?: string;
  xhr: XMLHttpRequest;
  shouldSwap: boolean;
  isError: boolean;
  requestConfig?: { triggeringEvent?: Event & { submitter?: HTMLElement | null } };
}

const detailOf = (event: Event): HtmxDetail => (event as CustomEvent<HtmxDetail>).detail;
const token = (): string => document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";

const pressedIn = (detail: HtmxDetail): HTMLElement | null => {
  const submitter = detail.requestConfig?.triggeringEvent?.submitter;
  if (submitter) return submitter;
  return detail.elt.matches("button, a.btn") ? detail.elt : detail.elt.querySelector("button[type=submit]");
};

// The words come from the page, in its language: "what happened|what now".
const words = (fault: string): [string, string] => {
  const said = document.getElementById("toast-template")?.dataset;
  const [text = "", small = ""] = (said?.[`fault${fault}`] ?? said?.["fault"] ?? "").split("|");
  return [text, small];
};

export const startHtmx = (): void => {
  const body = document.body;
  body.addEventListener("htmx:configRequest", (event) => {
    const detail = detailOf(event);
    if (detail.verb !== "get") detail.headers["X-CSRFToken"] = token();
  });
  body.addEventListener("htmx:beforeRequest", (event) => setBusy(pressedIn(detailOf(event))));
  body.addEventListener("htmx:afterRequest", (event) => clearBusy(pressedIn(detailOf(event))));
  body.addEventListener("htmx:beforeSwap", (event) => {
    const detail = detailOf(event);
    if (detail.xhr.status !== 422) return;
    detail.shouldSwap = true;
    detail.isError = false;
  });
  body.addEventListener("htmx:responseError", (event) => showToast(...words(String(detailOf(event).xhr.status))));
  body.addEventListener("htmx:sendError", () => showToast(...words("Offline")));
};
