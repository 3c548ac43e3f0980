"""What is wrong with a page: markup, width, names that are missing, complaints."""


def misplaced(panel, where):
    """Markup, scripts, and whatever is wider than its place."""
    found = panel.browser.run("""(() => {
      const wrong = [];
      if (window.isTaken) wrong.push("a name ran as a script");
      if (document.querySelector("#view script, #view img, #view b, dialog script, dialog img"))
        wrong.push("a name became markup");
      if (document.documentElement.scrollWidth > innerWidth)
        wrong.push("the page is " + (document.documentElement.scrollWidth - innerWidth) + " pixels too wide");
      for (const dialog of document.querySelectorAll("dialog"))
        if (dialog.scrollWidth > dialog.clientWidth) wrong.push("the dialog is too wide");
      for (const box of document.querySelectorAll("#view .table"))
        if (innerWidth < 600 && box.scrollWidth > box.clientWidth) wrong.push("a table is " + (box.scrollWidth - box.clientWidth) + " pixels too wide");
      for (const cell of document.querySelectorAll("#view td, #view tbody th")) {
        if (cell.scrollWidth > cell.clientWidth + 1) wrong.push("a cell is overrun: " + cell.textContent.slice(0, 40));
        if (cell.clientWidth > Math.max(420, innerWidth / 3) && innerWidth > 600 && cell.textContent.length > 100) wrong.push("a cell has " + cell.clientWidth + " pixels");
        if (cell.clientHeight > 560 && innerWidth > 600) wrong.push("a cell is " + cell.clientHeight + " pixels high: " + cell.textContent.slice(0, 40));
      }
      // A Health ID reads from the left, whatever name stands before it.
      const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
      for (let text = texts.nextNode(); text; text = texts.nextNode()) {
        const found = /[A-Z]{2}-HID-[-0-9A-Z]{14}/.exec(text.data);
        if (!found || !text.parentElement.offsetParent) continue;
        const place = at => { const range = document.createRange(); range.setStart(text, at); range.setEnd(text, at + 1); return range.getBoundingClientRect(); };
        const first = place(found.index), second = place(found.index + 1);
        if (first.top === second.top && first.left > second.left) wrong.push("a Health ID is turned round: " + text.data.slice(0, 60));
      }
      return [...new Set(wrong)]; })()""")
    return [f"{where}: {one}" for one in found]


def look(panel, where):
    """In three widths: nothing hangs over, nothing keeps anybody out."""
    failures = []
    for width in (390, 1280, 1920):
        panel.browser.resize(width, mobile=width < 600)
        failures += misplaced(panel, f"{where}, {width} pixels")
        failures += panel.axe.faults(panel.browser.run, f"{where}, {width} pixels")
        panel.picture(f"{where}-{width}", width=width)
    panel.browser.send("Emulation.clearDeviceMetricsOverride")
    return failures


def complaints(browser):
    return [
        f"the page complains: {complaint}" for complaint in browser.complaints
        if not any(known in complaint for known in ("401 (Unauthorized)", "409 (Conflict)", "422"))]


def nameless(browser, where):
    """Controls that a screen reader has no name for, and ids that come twice."""
    nodes = browser.send("Accessibility.getFullAXTree")["nodes"]
    failures = []
    for node in nodes:
        role = node.get("role", {}).get("value")
        if node.get("ignored") or role not in (
                "button", "link", "textbox", "combobox", "radio", "image", "region", "searchbox"):
            continue
        if not node.get("name", {}).get("value"):
            failures.append(f"{where}: a {role} has no name")
    twice = browser.run(
        "(() => { const ids = [...document.querySelectorAll('[id]')].map(one => one.id);"
        "return ids.filter((id, index) => ids.indexOf(id) !== index); })()")
    return failures + [f"{where}: the id {one} comes twice" for one in twice]
