// Text inside a block: emphasis, code, links and citation numbers, as DOM nodes that are only ever appended.
import { h } from "./dom";

/** Makes the element of a citation number, or null where that number is no citation. */
export type Cite = (number: number) => Node | null;

type Child = string | Node;
/** A run of text, or what a mark made; `plain` text may still turn out to open one. */
interface Piece {
  nodes: Child[];
  plain: boolean;
  start: number;
  end: number;
}

// In this order: escape, `code`, [label](address), [1], address, **strong**, *em*, _em_, break.
// Spans are bounded, so that an opening mark that never closes costs little and can be given up.
const TOKEN =
  /\\([!-/:-@[-`{-~])|(?<!`)(`{1,3})(?!`)([^]{1,900}?)(?<!`)\2(?!`)|!?\[([^[\]]{1,300})]\(([^\s()]{1,900}(?:\([^\s()]{0,99}\)[^\s()]{0,300})?)(?:\s+"[^"]{0,99}")?\)| ?\[(\d{1,2})]|(\bhttps?:\/\/[^\s<>"*`]{1,900})|(?<!\*)\*\*(?!\s)([^]{1,900}?\S)\*\*(?!\*)|(?<!\*)\*(?![\s*])([^]{0,900}?[^\s*])\*(?!\*)|\b_(?![\s_])([^]{0,900}?[^\s_])_\b|\n|<br *\/?>/g;
const MAY_OPEN = /[\\`[<*_]/g;
const GIVE_UP = 2500;

/** A link to the web or a mailbox; any other address leaves its text alone. */
const link = (label: Child[], address: string): Child[] => {
  const url = URL.canParse(address) && new URL(address);
  if (!url || !/^(https?|mailto):$/.test(url.protocol)) return label;
  return [h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...label)];
};

export const bareLink = (address: string): Child[] => {
  const shown = address.replace(/[.,;:!?'\])}_~]+$/, "");
  return [...link([shown], shown), address.slice(shown.length)];
};

const children = (text: string, cite: Cite, depth: number): Child[] => pieces(text, cite, depth + 1).flatMap(({ nodes }) => nodes);

const make = (match: RegExpExecArray, cite: Cite, depth: number): Child[] => {
  const [whole, escaped, , code, label, address, number, bare, strong, em, em2] = match;
  if (escaped) return [escaped];
  if (code) return [h("code", {}, code.replace(/^ (.+) $/s, "$1"))];
  if (address) return link(children(label!, () => null, depth), address);
  if (number) return [cite(+number) ?? whole];
  if (bare) return bareLink(bare);
  const inner = strong ?? em ?? em2;
  if (!inner) return [h("br")];
  return [h(strong ? "strong" : "em", {}, ...children(inner, cite, depth))];
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

/** How much of the text can no longer change, whatever follows: up to the space before the first open mark. */
const settledLength = (text: string, found: Piece[]): number => {
  let settled = 0;
  for (const { plain, start, end } of found) {
    if (!plain) continue;
    MAY_OPEN.lastIndex = Math.max(start, text.length - GIVE_UP);
    const open = MAY_OPEN.exec(text)?.index ?? end;
    const space = text.lastIndexOf(" ", Math.min(open, end) - 1);
    if (space >= start) settled = space;
    if (open < end) break;
  }
  return settled;
};

/** Returns the function that appends text to a block. */
export const inline = (into: HTMLElement, cite: Cite) => {
  let tail = "";
  let loose: ChildNode[] = [];
  let last: Node | null = null;

  const put = (child: Child, settled: boolean) => {
    if (child === "") return;
    if (settled && typeof child === "string" && last?.nodeType === 3) return (last as Text).appendData(child);
    into.append(child);
    if (settled) last = into.lastChild;
    else loose.push(into.lastChild!);
  };

  return (text: string): void => {
    tail += text;
    const found = pieces(tail, cite);
    const settled = settledLength(tail, found);
    for (const node of loose) node.remove();
    loose = [];
    for (const { nodes, plain, start, end } of found) {
      if (plain) {
        put(tail.slice(start, Math.min(end, settled)), true);
        put(tail.slice(Math.max(start, settled), end), false);
      } else for (const node of nodes) put(node, end <= settled);
    }
    tail = tail.slice(settled);
  };
};
