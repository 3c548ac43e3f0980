for (const caption of document.querySelectorAll("figcaption")) {
  const name = caption.textContent;
  const code = caption.parentElement.querySelector("code");
  const button = document.createElement("button");
  const say = word => {
    button.textContent = word;
    button.setAttribute("aria-label", word + ": " + name);
  };
  button.type = "button";
  button.setAttribute("aria-live", "polite");
  say("Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      say("Copied");
    } catch {
      // Browsers withhold the clipboard from pages without TLS: the reader copies what is selected.
      getSelection().selectAllChildren(code);
      say("Selected");
    }
    setTimeout(() => say("Copy"), 2000);
  });
  caption.append(button);
}
