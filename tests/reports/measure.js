// Measures a page: what is too wide, what cannot be read, what has no name.
const wide = innerWidth, found = { width: document.documentElement.scrollWidth, inner: wide };
document.querySelectorAll("details").forEach((one) => { one.open = true; });
found.opened = document.documentElement.scrollWidth;
const name = (one) => one.tagName + "." + (one.getAttribute("class") || "") + " " + one.textContent.trim().slice(0, 30);
const shown = [...document.querySelectorAll("body *")].filter((one) => one.getClientRects().length && one.tagName !== "SCRIPT");
found.overflowing = shown.filter((one) => { const box = one.getBoundingClientRect(); return box.left < -0.5 || box.right > wide + 0.5; }).map(name);
const inside = (one) => one.closest("svg");
found.outside = shown.filter(inside).filter((one) => {
  const box = one.getBoundingClientRect(), around = inside(one).getBoundingClientRect();
  return box.right > around.right + 1 || box.left < around.left - 1 || box.bottom > around.bottom + 1;
}).map(name);
const texts = shown.filter((one) => one.tagName === "text");
found.overlapping = texts.flatMap((one, at) => texts.slice(at + 1).filter((other) => {
  const a = one.getBoundingClientRect(), b = other.getBoundingClientRect();
  return a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 3 && b.top < a.bottom - 3;
}).map((other) => one.textContent + " / " + other.textContent));
const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
const light = (colour) => {
  const [r, g, b] = parts(colour).map((one) => { const c = one / 255; return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const solid = (colour) => parts(colour).length < 4 || parts(colour)[3] === 1;
const behind = (one) => {
  for (let each = one; each; each = each.parentElement) {
    const colour = getComputedStyle(each).backgroundColor;
    if (solid(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
const contrast = (one) => {
  const style = getComputedStyle(one), ink = light(inside(one) ? style.fill : style.color), paper = light(behind(one));
  return (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
};
found.faint = shown.filter((one) => own(one) && contrast(one) < 4.5).map((one) => contrast(one).toFixed(2) + " " + name(one));
// As it is drawn: a picture may be made smaller than it was written.
const drawn = (one) => parseFloat(getComputedStyle(one).fontSize) * (inside(one) ? inside(one).getBoundingClientRect().width / inside(one).viewBox.baseVal.width : 1);
found.smallest = Math.min(...shown.filter(own).map(drawn));
found.pictures = shown.filter((one) => one.tagName === "svg").length;
found.nameless = [...document.querySelectorAll("svg, nav, section")].filter((one) => {
  const ids = (one.getAttribute("aria-labelledby") || "").split(" ").filter(Boolean);
  return !one.getAttribute("aria-label") && !(ids.length && ids.every((id) => document.getElementById(id)?.textContent.trim()));
}).map(name);
const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
found.twice = ids.filter((id, at) => ids.indexOf(id) !== at);
found.lost = [...document.querySelectorAll("a[href^='#']")].map((one) => one.hash.slice(1)).filter((id) => !ids.includes(id));
found.headings = [...document.querySelectorAll("h1, h2, h3, h4")].map((one) => one.tagName);
found.paper = getComputedStyle(document.body).backgroundColor;
found.loaded = performance.getEntriesByType("resource").map((one) => one.name);
document.body.dataset.measured = JSON.stringify(found);
