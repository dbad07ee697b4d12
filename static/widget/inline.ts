// Text inside a block: emphasis, code, links and citation numbers, as DOM nodes that are only ever appended.
import { h } from "./dom";

/** Makes the button of a citation number, or null where that number is no citation. */
export type Cite = (number: number) => Node | null;

type Child = string | Node;
/** A run of text, or what a mark made; `plain` text may still turn out to open one. */
interface Piece {
  nodes: Child[];
  plain: boolean;
  start: number;
  end: number;
}

// Spans are bounded, so that an opening mark that never closes costs little and can be given up.
const TOKEN = new RegExp(
  [
    "\\\\([!-/:-@[-`{-~])",
    "(?<!`)(`{1,3})(?!`)([^]{1,900}?)(?<!`)\\2(?!`)",
    '!?\\[([^[\\]]{1,300})\\]\\(([^\\s()]{1,900}(?:\\([^\\s()]{0,99}\\)[^\\s()]{0,300})?)(?:\\s+"[^"]{0,99}")?\\)',
    "\\[(\\d{1,2})\\]",
    "<((?:https?:|mailto:)[^\\s<>]{1,900})>",
    "(\\bhttps?://[^\\s<>\"*`]{1,900})",
    "(?<!\\*)\\*\\*(?!\\s)([^]{1,900}?[^\\s])\\*\\*(?!\\*)",
    "(?<!\\*)\\*(?![\\s*])([^]{0,900}?[^\\s*])\\*(?!\\*)",
    "(?<![\\p{L}\\p{N}_])__(?![\\s_])([^]{0,900}?[^\\s_])__(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}_])_(?![\\s_])([^]{0,900}?[^\\s_])_(?![\\p{L}\\p{N}_])",
    "~~(?!\\s)([^]{0,900}?[^\\s])~~",
    "\\n|<br */?>",
  ].join("|"),
  "gu",
);
const MAY_OPEN = /[\\`[<*_~]/g;
const GIVE_UP = 2500;

/** A link to the web or a mailbox; any other address leaves its text alone. */
const link = (label: Child[], address: string): Child[] => {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^(https?|mailto):$/.test(url.protocol)) return label;
  return [h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...label)];
};

const bareLink = (address: string): Child[] => {
  const shown = address.replace(/[.,;:!?'\])}_~]+$/, "");
  return [...link([shown], shown), address.slice(shown.length)];
};

const children = (text: string, cite: Cite, depth: number): Child[] => pieces(text, cite, depth + 1).flatMap((piece) => piece.nodes);

const make = (match: RegExpExecArray, cite: Cite, depth: number): Child[] => {
  const [whole, escaped, , code, label, address, number, angled, bare, strong, em, strong2, em2, del] = match;
  if (escaped) return [escaped];
  if (code) return [h("code", {}, code.replace(/^ (.+) $/s, "$1"))];
  if (address) return link(children(label!, () => null, depth), address);
  if (number) return [cite(+number) ?? whole];
  if (angled) return link([angled], angled);
  if (bare) return bareLink(bare);
  const inner = strong ?? em ?? strong2 ?? em2 ?? del;
  if (!inner) return [h("br")];
  return [h((strong ?? strong2) ? "strong" : del ? "del" : "em", {}, ...children(inner, cite, depth))];
};

const pieces = (text: string, cite: Cite, depth = 0): Piece[] => {
  const found: Piece[] = [];
  const token = new RegExp(TOKEN);
  let start = 0;
  const plain = (end: number) => end > start && found.push({ nodes: [text.slice(start, end)], plain: true, start, end });
  for (let match = depth < 6 && token.exec(text); match; match = token.exec(text)) {
    plain(match.index);
    start = token.lastIndex;
    found.push({ nodes: make(match, cite, depth), plain: false, start: match.index, end: start });
  }
  plain(text.length);
  return found;
};

/** How much of the text can no longer change, whatever follows: up to a space before the first open mark. */
const settledLength = (text: string, found: Piece[]): number => {
  let settled = 0;
  for (const { plain, start, end } of found) {
    if (!plain) continue;
    MAY_OPEN.lastIndex = Math.max(start, text.length - GIVE_UP);
    const open = MAY_OPEN.exec(text)?.index ?? end;
    const space = text.lastIndexOf(" ", Math.min(open, end) - 1);
    if (space >= start) settled = space + 1;
    if (open < end) break;
  }
  return settled;
};

export class Inline {
  #tail = "";
  #loose: Node[] = [];
  #last: Node | null = null;

  readonly #into: HTMLElement;
  readonly #cite: Cite;

  constructor(into: HTMLElement, cite: Cite) {
    this.#into = into;
    this.#cite = cite;
  }

  add(text: string): void {
    this.#tail += text;
    const found = pieces(this.#tail, this.#cite);
    const settled = settledLength(this.#tail, found);
    for (const node of this.#loose) node.parentNode?.removeChild(node);
    this.#loose = [];
    for (const piece of found) this.#show(piece, settled);
    this.#tail = this.#tail.slice(settled);
  }

  #show(piece: Piece, settled: number): void {
    const cut = piece.plain ? Math.min(Math.max(settled - piece.start, 0), piece.end - piece.start) : 0;
    for (const child of piece.nodes) {
      if (!piece.plain) this.#put(child, piece.end <= settled);
      else {
        this.#put((child as string).slice(0, cut), true);
        this.#put((child as string).slice(cut), false);
      }
    }
  }

  #put(child: Child, settled: boolean): void {
    if (child === "") return;
    if (settled && typeof child === "string" && this.#last?.nodeType === 3) {
      (this.#last as Text).appendData(child);
      return;
    }
    const node = typeof child === "string" ? document.createTextNode(child) : child;
    this.#into.append(node);
    if (settled) this.#last = node;
    else this.#loose.push(node);
  }
}

/** What people wrote: as it stands, with addresses to press. */
export const plainText = (text: string): Child[] =>
  text.split(/(\bhttps?:\/\/[^\s<>"]+)/).flatMap((part, index) => (index % 2 ? bareLink(part) : [part]));
