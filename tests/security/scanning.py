"""What a browser says about a page: did a text become a part of it, run, or call out?"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Dialog, Page, Request

# Runs before any script of the page.
WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event =>
  window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample || ''}`));
"""

# Everything in a document that only a text could have put there; open shadow roots and templates included.
SCAN = """
window.scanDocument = root => {
  const found = [];
  const foreign = new Set(['iframe', 'object', 'embed', 'base', 'applet', 'frame', 'frameset', 'marquee', 'video',
    'audio', 'math', 'portal', 'xss', 'noembed', 'plaintext', 'xmp']);
  const addresses = ['href', 'src', 'action', 'formaction', 'xlink:href', 'poster', 'background', 'data', 'ping',
    'srcset', 'srcdoc'];
  const bare = text => text.replace(/[\\u0000-\\u0020]/g, '').toLowerCase();
  const tell = (element, why) => found.push(`${why}: ${element.outerHTML.slice(0, 200)}`);
  const hostOf = value => { try { return new URL(value, 'http://own.invalid/').hostname; } catch { return ''; } };
  const judgeAddress = (element, name, value) => {
    if (/^(javascript|vbscript|data:text|file|blob)/.test(bare(value))) tell(element, name);
    const isPress = element.localName === 'a' && name === 'href' && /^https?:/.test(bare(value));
    if (hostOf(value) === 'sink.invalid' && !isPress) tell(element, name);
  };
  const judge = element => {
    const tag = element.localName;
    if (foreign.has(tag)) tell(element, 'element');
    if (tag === 'meta' && element.httpEquiv && element.httpEquiv.toLowerCase() === 'refresh') tell(element, 'refresh');
    if (tag === 'script' && !element.src && element.type !== 'application/json') tell(element, 'inline script');
    if (tag === 'style' && /sink|url\\(/.test(element.textContent)) tell(element, 'style');
    if (tag === 'img' && element.getAttribute('src') === 'x') tell(element, 'image');
    for (const {name, value} of element.attributes) {
      if (/^on/i.test(name)) tell(element, 'handler');
      if (name === 'style' && /sink|url\\(|expression/.test(value)) tell(element, 'style');
      if (addresses.includes(name)) judgeAddress(element, name, value);
    }
    if (element.shadowRoot) walk(element.shadowRoot);
    if (tag === 'template') walk(element.content);
  };
  const walk = place => place.querySelectorAll('*').forEach(judge);
  walk(root);
  return found;
};
"""
STATE = "() => ({pwned: typeof pwned, violations: window.violations || [], found: scanDocument(document)})"
# Pages fetched with the signed-in person's cookie and parsed as the browser would parse them, but never run.
SWEEP = """
async addresses => {
  const found = [];
  for (const address of addresses) {
    const answer = await fetch(address, {headers: {Accept: 'text/html'}});
    if (answer.status !== 200) found.push(`${answer.status}: ${address}`);
    const parsed = new DOMParser().parseFromString(await answer.text(), 'text/html');
    found.push(...window.scanDocument(parsed).map(each => `${address} ${each}`));
  }
  return found;
}
"""
SWEEP_TEXTS = """
texts => texts.flatMap(text => window.scanDocument(new DOMParser().parseFromString(text, 'text/html')))
"""


class Watcher:
    """One browser context under watch; `wrong` holds whatever a text has done."""

    def __init__(self, context: BrowserContext, *origins: str) -> None:
        self.origins = (
            *origins,
            *(origin.replace("http", "ws", 1) for origin in origins),
            "data:",
            "blob:",
            "about:",
        )
        self.wrong: list[str] = []
        self.context = context
        context.add_init_script(WATCH + SCAN)
        context.on("request", self._judge_request)
        context.on("dialog", self._judge_dialog)

    def _judge_dialog(self, dialog: Dialog) -> None:
        self.wrong.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _judge_request(self, request: Request) -> None:
        if not request.url.startswith(self.origins):
            self.wrong.append(f"request to {request.url}")

    def open(self, page: Page, address: str) -> None:
        answer = page.goto(address, wait_until="domcontentloaded")
        if answer is None or answer.status != 200:
            self.wrong.append(f"{answer.status if answer else 'nothing'} at {address}")
        self.judge(page)

    def judge(self, page: Page) -> None:
        for frame in page.frames:
            state: dict[str, Any] = frame.evaluate(STATE)
            told = [*state["violations"], *state["found"]]
            if state["pwned"] != "undefined":
                told.append("pwned")
            self.wrong.extend(f"{frame.url}: {each}" for each in told)

    def sweep(self, page: Page, addresses: list[str]) -> None:
        self.wrong.extend(page.evaluate(SWEEP, addresses))
