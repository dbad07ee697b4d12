// Times come from the server in UTC; here they take the reader's own zone.
const format = (time: HTMLTimeElement): void => {
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  const language = document.documentElement.lang;
  const isToday = at.toDateString() === new Date().toDateString();
  const short: Intl.DateTimeFormatOptions = isToday
    ? { hour: "2-digit", minute: "2-digit" }
    : { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
  time.textContent = at.toLocaleString(language, short);
  time.title = at.toLocaleString(language, { dateStyle: "full", timeStyle: "short" });
};

const formatIn = (root: ParentNode): void => root.querySelectorAll<HTMLTimeElement>("time[data-local-time]").forEach(format);

export const startTimes = (): void => {
  formatIn(document);
  document.body.addEventListener("htmx:load", (event) => formatIn(event.target as HTMLElement));
};
