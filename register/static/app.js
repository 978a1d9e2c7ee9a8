// Makes the components come alive. Every page works without it.
import { initAll } from "./vendor/govuk-frontend.js";
import { initAll as initAllMoj, FilterToggleButton } from "./vendor/moj-frontend.js";

initAll();
initAllMoj();

const filter = document.querySelector('[data-module="moj-filter"]');
if (filter) {
  new FilterToggleButton(filter, {
    bigModeMediaQuery: "(min-width: 48.0625em)",
    startHidden: true,
    toggleButton: { showText: "Show filters", hideText: "Hide filters", classes: "govuk-button--secondary" },
    toggleButtonContainer: { selector: ".app-filter-toggle" },
    closeButton: { text: "Close", classes: "moj-filter__close" },
    closeButtonContainer: { selector: ".moj-filter__header-action" },
  });
}

const longLists = document.querySelectorAll("select[data-typeahead]");
if (longLists.length) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL("./vendor/accessible-autocomplete.css", import.meta.url).href;
  document.head.append(style);
  await import("./vendor/accessible-autocomplete.js");
  for (const selectElement of longLists) {
    window.accessibleAutocomplete.enhanceSelectElement({ selectElement, defaultValue: "", showAllValues: false });
  }
}

for (const page of document.querySelectorAll("[data-reload-after]")) {
  const seconds = Number(page.dataset.reloadAfter);
  setTimeout(() => window.location.reload(), seconds * 1000);
}
