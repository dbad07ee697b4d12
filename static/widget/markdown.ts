// Turns an answer's markdown into DOM nodes while it streams. No HTML is ever parsed, no picture is ever loaded.
// A line is shown as soon as its first characters tell what it is; from then on text is only appended.
import { h } from "./dom";
import { inline, type Cite } from "./inline";

interface Level {
  indent: number;
  list: HTMLElement;
  item: HTMLElement;
}

const UNCLEAR = /^\s*(?:[-*+•_#>|`~=\s]*|\d{1,9}[.)]?)\s*$/;
const WHOLE_LINE = /^\s*(?:\||```|~~~)/;
const FENCE = /^\s*(```+|~~~+)/;
const RULE = /^\s*([-*_])(?:\s*\1){2,}\s*$/;
const DIVIDER = /^\s*\|[\s:|-]*-[\s:|-]*$/;
const LISTED = /^(\s*)(?:[-*+•]|(\d{1,9})[.)])\s+/;

const cells = (line: string): string[] => line.trim().slice(1, -1).split(/(?<!\\)\|/);
const after = (line: string, [mark]: RegExpExecArray): string => line.slice(mark.length);

/** `rich` is called where a block needs more than the first styles. */
export const markdown = (into: HTMLElement, cite: Cite, rich: () => void) => {
  let line = "";
  /** The current line is being written already. */
  let begun = false;
  let write: ((text: string) => void) | null = null;
  /** The open block does not go on with the next line. */
  let blank = true;
  let levels: Level[] = [];
  let quote: HTMLElement | null = null;
  let table: HTMLElement | null = null;
  let code: Text | null = null;
  let fence = "";
  let live: Element | null = null;

  /** The caret stands in the element that is being written. */
  const caret = (element: Element | null) => {
    live?.classList.remove("live");
    element?.classList.add("live");
    live = element;
  };
  const pause = () => {
    blank = true;
    write = table = quote = null;
  };
  const block = (name: string, props = {}): HTMLElement => {
    pause();
    if (name.length > 2) rich();
    return (levels.at(-1)?.item ?? into).appendChild(h(name, props));
  };
  const start = (element: HTMLElement, words: string) => {
    blank = false;
    write = inline(element, cite);
    write(words);
    caret(element);
  };

  const openCode = (mark: string) => {
    fence = mark;
    code = document.createTextNode("");
    const element = h("code", {}, code);
    block("pre", { tabindex: 0, dir: "ltr" }).append(element);
    caret(element);
  };
  const row = () => {
    if (DIVIDER.test(line)) return;
    if (!table) {
      levels = [];
      table = block("div.table", { tabindex: 0, dir: "auto" }).appendChild(h("table"));
    }
    const name = table.childElementCount ? "td" : "th";
    const element = table.appendChild(h("tr"));
    for (const words of cells(line)) start(element.appendChild(h(name)), words.trim());
    write = null;
  };
  const openList = (name: string, indent: number, number?: string): Level => {
    const list = block(name, { start: +number! > 1 && number, dir: "auto" });
    const level = { indent, list, item: list };
    levels.push(level);
    return level;
  };
  const listItem = (match: RegExpExecArray) => {
    const indent = match[1]!.replace(/\t/g, "    ").length;
    while (levels.length && levels.at(-1)!.indent > indent + 1) levels.pop();
    const name = match[2] ? "OL" : "UL";
    let level = levels.at(-1);
    if (level && indent < level.indent + 2 && level.list.tagName !== name) {
      levels.pop();
      level = undefined;
    }
    if (!level || indent >= level.indent + 2) level = openList(name, indent, match[2]);
    level.item = level.list.appendChild(h("li"));
    start(level.item, after(line, match));
  };

  /** The line is text: find the block that it opens or goes on with. */
  const begin = () => {
    begun = true;
    if (code) return code.appendData(line);
    table = null;
    const item = LISTED.exec(line);
    const heading = /^\s*#{1,6}\s+/.exec(line);
    const quoted = /^\s*>\s?/.exec(line);
    if (!quoted) quote = null;
    if (item) return listItem(item);
    if (quoted && quote) return write!(`\n${after(line, quoted)}`);
    if (!heading && !quoted && write && !blank) return write(`\n${line.trimStart()}`);
    if (heading || quoted || !/^\s{2}/.test(line)) levels = [];
    if (quoted) return start((quote = block("blockquote", { dir: "auto" })), after(line, quoted));
    const paragraph = block("p", { dir: "auto" });
    if (!heading) return start(paragraph, line.trimStart());
    start(paragraph.appendChild(h("strong")), after(line, heading));
    blank = true;
  };

  /** A line that was held back until its end. */
  const settle = () => {
    const opens = FENCE.exec(line);
    if (code) {
      const closes = line.trim().startsWith(fence) && !/[^\s`~]/.test(line);
      if (!closes) return code.appendData(`${line}\n`);
      code = null;
      pause();
    } else if (!line.trim()) pause();
    else if (opens) openCode(opens[1]!);
    else if (RULE.test(line)) block("hr");
    else if (/^\s*\|.*\|\s*$/.test(line)) row();
    else begin();
  };
  const endLine = () => {
    if (!begun) settle();
    else code?.appendData("\n");
    line = "";
    begun = false;
  };
  const mustWait = () => (code ? /^[\s`~]*$/.test(line) : UNCLEAR.test(line) || WHOLE_LINE.test(line));

  /** More of the current line; held back until it is clear what the line is. */
  const feed = (part: string, whole: boolean) => {
    if (begun) return code ? code.appendData(part) : write?.(part);
    line += part;
    if (!whole && line && !mustWait()) begin();
  };

  return {
    add(text: string): void {
      const parts = text.replace(/\r|\0/g, "").split("\n");
      parts.forEach((part, index) => {
        if (index) endLine();
        feed(part, index < parts.length - 1);
      });
    },
    end(): void {
      endLine();
      caret(null);
    },
  };
};
