/**
 * Single keys for a panel, declared in the markup inside [data-keys]:
 * - [data-key-item]: the links of a list; j and k move along them and open them, Enter follows the one with the focus.
 * - [data-key="a"]: a button or link that the key presses, or a field that it focuses.
 * - "?" opens the dialog with [data-key-help]; a tick box [data-keys-off] in it turns the keys off (WCAG 2.1.4).
 * Keys do nothing while someone types, holds a modifier, or has a dialog open.
 */
const OFF = "keys-off";

function typing(target) {
  return target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]") !== null;
}

function move(step) {
  const items = [...document.querySelectorAll("[data-key-item]")];
  if (items.length === 0) return;
  const focused = items.indexOf(document.activeElement);
  const at = focused >= 0 ? focused : items.findIndex((item) => item.closest("[aria-current]"));
  const next = items[Math.min(Math.max(at + step, 0), items.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  next.click();
}

function press(key) {
  const control = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(
    (found) => found.offsetParent !== null && !found.disabled,
  );
  if (!control) return false;
  if (control.matches("input, textarea, select")) control.focus();
  else control.click();
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!document.querySelector("[data-keys]") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "?") {
    document.querySelector("[data-key-help]")?.showModal();
  } else if (localStorage.getItem(OFF)) {
    return;
  } else if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
  } else if (event.key.length !== 1 || !press(event.key)) {
    return;
  }
  event.preventDefault();
});

// The chosen row is marked at once, before the server has answered.
document.addEventListener("click", (event) => {
  const item = event.target.closest("[data-key-item]");
  if (!item) return;
  for (const row of document.querySelectorAll(".row[aria-current]")) row.removeAttribute("aria-current");
  item.closest(".row")?.setAttribute("aria-current", "true");
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-off]")) return;
  if (event.target.checked) localStorage.setItem(OFF, "1");
  else localStorage.removeItem(OFF);
});

for (const box of document.querySelectorAll("[data-keys-off]")) box.checked = localStorage.getItem(OFF) !== null;
