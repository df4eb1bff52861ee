/**
 * The choice between light, dark and the system's theme: buttons with data-theme-choice ("" is the system's).
 * It is kept in a cookie, because the server writes data-theme into the next page: no flash of the other theme.
 */
const YEAR = 365 * 24 * 3600;
const root = document.documentElement;

function show() {
  const chosen = root.dataset.theme ?? "";
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === chosen));
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-theme-choice]");
  if (!button) return;
  const choice = button.dataset.themeChoice;
  if (choice) root.dataset.theme = choice;
  else delete root.dataset.theme;
  document.cookie = `theme=${choice}; path=/; max-age=${choice ? YEAR : 0}; samesite=lax`;
  show();
});

document.addEventListener("htmx:load", show);
show();
