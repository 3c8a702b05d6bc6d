/** Rows of tabs that do not fit: keeps the current tab in view and fades the row where there are more. */
function mark(row: HTMLElement): void {
  const { scrollLeft, scrollWidth, clientWidth } = row;
  const hidden = scrollWidth - clientWidth;
  const before = Math.abs(scrollLeft) > 1;
  const after = hidden - Math.abs(scrollLeft) > 1;
  const leftward = getComputedStyle(row).direction === "rtl";
  const sides = [(leftward ? after : before) && "left", (leftward ? before : after) && "right"].filter(Boolean).join(" ");
  if (sides) row.dataset["more"] = sides;
  else delete row.dataset["more"];
}

function follow(row: HTMLElement): void {
  const current = row.querySelector<HTMLElement>('[aria-current="page"]');
  if (current) row.scrollLeft += current.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - current.clientWidth) / 2;
  row.addEventListener("scroll", () => mark(row), { passive: true });
  new ResizeObserver(() => mark(row)).observe(row);
}

for (const row of document.querySelectorAll<HTMLElement>("nav.tabs")) follow(row);
