// Turns an answer's markdown into DOM nodes while it streams. No HTML is ever parsed, no picture is ever loaded.
// A line is shown as soon as its first characters tell what it is; from then on text is only appended.
import { h } from "./dom";
import { Inline, type Cite } from "./inline";

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

const cells = (line: string): string[] =>
  line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim());

export class Markdown {
  #line = "";
  #begun = false;
  #blank = true;
  #text: Inline | null = null;
  #levels: Level[] = [];
  #quote: HTMLElement | null = null;
  #table: HTMLElement | null = null;
  #code: Text | null = null;
  #fence = "";
  #live: Element | null = null;

  readonly #into: HTMLElement;
  readonly #cite: Cite;

  constructor(into: HTMLElement, cite: Cite) {
    this.#into = into;
    this.#cite = cite;
  }

  add(text: string): void {
    const parts = text.replace(/\r|\u0000/g, "").split("\n");
    const last = parts.pop()!;
    for (const part of parts) {
      this.#feed(part, true);
      this.#endLine();
    }
    this.#feed(last, false);
  }

  end(): void {
    this.#endLine();
    this.#caret(null);
  }

  /** More of the current line; held back until it is clear what the line is. */
  #feed(part: string, whole: boolean): void {
    if (this.#begun) return this.#write(part);
    this.#line += part;
    if (whole || !this.#line || this.#mustWait()) return;
    this.#begin();
  }

  #mustWait(): boolean {
    return this.#code ? /^\s*[`~]*\s*$/.test(this.#line) : UNCLEAR.test(this.#line) || WHOLE_LINE.test(this.#line);
  }

  #write(part: string): void {
    if (this.#code) this.#code.appendData(part);
    else this.#text?.add(part);
  }

  #endLine(): void {
    if (!this.#begun) this.#settle();
    else if (this.#code) this.#code.appendData("\n");
    this.#line = "";
    this.#begun = false;
  }

  /** A line that was held back until its end. */
  #settle(): void {
    const line = this.#line;
    if (this.#code) {
      if (!this.#closes(line)) this.#code.appendData(`${line}\n`);
      return;
    }
    const fence = FENCE.exec(line);
    if (!line.trim()) this.#pause();
    else if (fence) this.#openCode(fence[1]!);
    else if (RULE.test(line)) this.#block(h("hr"));
    else if (/^\s*\|.*\|\s*$/.test(line)) this.#row(line);
    else this.#begin();
  }

  #pause(): void {
    this.#blank = true;
    this.#text = this.#table = this.#quote = null;
  }

  #closes(line: string): boolean {
    if (!line.trim().startsWith(this.#fence) || /[^\s`~]/.test(line)) return false;
    this.#code = null;
    this.#pause();
    return true;
  }

  /** The line is text: find the block that it opens or goes on with. */
  #begin(): void {
    const line = this.#line;
    this.#begun = true;
    if (this.#code) return this.#write(line);
    this.#table = null;
    const item = LISTED.exec(line);
    const heading = /^\s*#{1,6}\s+/.exec(line);
    const quoted = /^\s*>\s?/.exec(line);
    if (!quoted) this.#quote = null;
    if (item) return this.#listItem(line, item);
    if (heading) return this.#heading(line.slice(heading[0].length));
    if (quoted) return this.#quoted(line.slice(quoted[0].length));
    if (this.#text && !this.#blank) return this.#text.add(`\n${line.trimStart()}`);
    this.#paragraph(line);
  }

  #paragraph(line: string): void {
    if (!/^\s{2}/.test(line)) this.#levels = [];
    this.#start(this.#block(h("p", { dir: "auto" })), line.trimStart());
  }

  #heading(words: string): void {
    this.#levels = [];
    this.#start(this.#block(h("p", { dir: "auto" })).appendChild(h("strong")), words);
    this.#blank = true;
  }

  #quoted(words: string): void {
    if (this.#quote && this.#text) return this.#text.add(`\n${words}`);
    this.#levels = [];
    this.#quote = this.#block(h("blockquote", { dir: "auto" }));
    this.#start(this.#quote, words);
  }

  #listItem(line: string, [lead, indent, number]: RegExpExecArray): void {
    const depth = indent!.replace(/\t/g, "    ").length;
    while (this.#levels.length && this.#levels.at(-1)!.indent > depth + 1) this.#levels.pop();
    const tag = number ? "OL" : "UL";
    let level = this.#levels.at(-1);
    if (level && depth < level.indent + 2 && level.list.tagName !== tag) {
      this.#levels.pop();
      level = undefined;
    }
    if (!level || depth >= level.indent + 2) level = this.#openList(tag, depth, number);
    level.item = level.list.appendChild(h("li", { dir: "auto" }));
    this.#start(level.item, line.slice(lead!.length));
  }

  #openList(tag: string, indent: number, number?: string): Level {
    const list = h(tag, { start: number && number !== "1" ? number : null });
    this.#block(list);
    const level = { indent, list, item: list };
    this.#levels.push(level);
    return level;
  }

  #row(line: string): void {
    if (DIVIDER.test(line)) return;
    if (!this.#table) {
      this.#levels = [];
      this.#table = this.#block(h("div.table", { tabindex: 0 }, h("table"))).firstElementChild as HTMLElement;
    }
    const cell = this.#table.childElementCount ? "td" : "th";
    const row = this.#table.appendChild(h("tr"));
    for (const words of cells(line)) this.#start(row.appendChild(h(cell, { dir: "auto" })), words);
    this.#text = null;
  }

  #openCode(fence: string): void {
    this.#fence = fence;
    this.#code = document.createTextNode("");
    const code = h("code", {}, this.#code);
    this.#block(h("pre", { tabindex: 0, dir: "ltr" }, code));
    this.#caret(code);
  }

  #block(element: HTMLElement): HTMLElement {
    this.#pause();
    (this.#levels.at(-1)?.item ?? this.#into).append(element);
    return element;
  }

  #start(element: HTMLElement, words: string): void {
    this.#blank = false;
    this.#text = new Inline(element, this.#cite);
    this.#text.add(words);
    this.#caret(element);
  }

  /** The caret stands in the element that is being written. */
  #caret(element: Element | null): void {
    this.#live?.classList.remove("live");
    element?.classList.add("live");
    this.#live = element;
  }
}
