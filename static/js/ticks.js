/**
 * Rows that are ticked for a change of many: <form data-ticks id="bulk">, whose tick boxes stand in the rows of a table.
 * - [data-tick-all] ticks every row of the page, and is half ticked when only some are.
 * - [data-ticks-count] says how many are.
 * - [data-needed-by="move place"] is shown while one of these actions is chosen.
 * The list may be swapped in anew at any time, so nothing is remembered here.
 */
const form = () => document.querySelector("form[data-ticks]");
const rows = (of) => [...of.elements].filter((one) => one.name === "person");

function update() {
  const found = form();
  if (!found) return;
  const boxes = rows(found);
  const ticked = boxes.filter((box) => box.checked).length;
  const all = document.querySelector("[data-tick-all]");
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
  const everyone = found.elements.everyone?.checked;
  document.querySelector("[data-ticks-count]").textContent = everyone || !ticked ? "" : `(${ticked})`;
  const action = found.elements.action.value;
  for (const part of document.querySelectorAll("[data-needed-by]")) {
    part.hidden = !part.dataset.neededBy.split(" ").includes(action);
  }
}

document.addEventListener("change", ({ target }) => {
  const found = form();
  if (!found || target.form !== found) return;
  if (target.matches("[data-tick-all]")) for (const box of rows(found)) box.checked = target.checked;
  update();
});
document.addEventListener("htmx:afterSwap", update);
window.addEventListener("pageshow", update); // the browser may have kept the ticks of a page that one comes back to
update();
