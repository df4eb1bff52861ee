/**
 * A toast that can be undone: <form data-undo="10"> counts down in its <output> and then leaves.
 * The countdown waits while the toast has the pointer or the focus. The server has the last word about the time.
 */
function start(root) {
  const found = [...root.querySelectorAll("[data-undo]")];
  if (root.matches?.("[data-undo]")) found.push(root);
  for (const toast of found) {
    if (!toast.dataset.counting) count(toast);
  }
}

function count(toast) {
  toast.dataset.counting = "yes";
  let left = Number(toast.dataset.undo);
  const output = toast.querySelector("output");
  const timer = setInterval(() => {
    if (!toast.isConnected) return clearInterval(timer);
    if (toast.matches(":hover, :focus-within")) return undefined;
    left -= 1;
    if (output) output.textContent = String(left);
    if (left > 0) return undefined;
    toast.remove();
    return clearInterval(timer);
  }, 1000);
}

document.addEventListener("htmx:load", (event) => start(event.target));
start(document);
