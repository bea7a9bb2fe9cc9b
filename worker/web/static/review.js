// Decide on the pair by one key: y, n or s. Without this script the buttons have access keys, and Enter and Tab work.
"use strict";
{
  const buttons = document.querySelectorAll(".decision button[data-key]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.target.closest("input, textarea, select")) return;
    for (const button of buttons) {
      if (button.dataset.key === event.key.toLowerCase()) {
        event.preventDefault();
        button.click();
        return;
      }
    }
  });
}
