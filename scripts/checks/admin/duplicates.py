"""Possible duplicates: decided by keyboard one by one and ten a second, undone, and found decided by others."""

import random
import time

from checks.admin.layout import look
from checks.admin.panel import call
from checks.admin.reviews import sign_in_client

COUNT = 200
SYLLABLES = "ba ke di fo gu wa le mi no pu ra se ti vo zu ya che nje mbo ngu".split()
CASE = "document.querySelector('.card .case[data-state=open]')"
# Notes each key with the case on the card, what was sent, and whatever should never be seen.
SPY = """
window.spy = { keys: [], sent: [], stale: [], lost: 0, closed: new Set() };
document.addEventListener("keydown", event => {
  spy.keys.push([event.key, document.querySelector(".card .case")?.dataset.case ?? null,
    document.querySelector(".case.merge input:checked")?.value ?? null]);
  if (!document.getElementById("main").contains(document.activeElement)) spy.lost++;
}, true);
new MutationObserver(() => {
  const shown = document.querySelector(".card .case")?.dataset.case;
  if (shown && spy.closed.has(shown)) spy.stale.push(shown);
}).observe(document.getElementById("view"), { subtree: true, childList: true });
const plainFetch = window.fetch;
window.fetch = (url, options) => {
  const found = /duplicates\\/(\\w+)\\/(merge|dismiss|undo)$/.exec(url);
  if (found) {
    spy.sent.push([found[2], found[1]]);
    if (found[2] !== "undo") spy.closed.add(found[1]);
  }
  return plainFetch(url, options).then(answer => {
    if (found?.[2] === "undo") spy.closed.delete(found[1]);
    return answer;
  });
}; 0
"""


def look_alike(port, last="Atangana", born=("1971-04-12", "1971-12-04"), bearer=None):
    """Two registrations of one person: a case to decide."""
    return [
        call(port, "/api/v1/connect/patients/resolve", {
            "first_name": first, "last_name": last, "date_of_birth": day, "sex": "female",
            "phone_number": "+237699000111"}, bearer or sign_in_client(port))[1]["health_id"]
        for first, day in zip(("Maryam", "Mariam"), born)]


def review(panel, port):
    """Merges a case by keyboard, takes it back, and looks at it in both languages and three widths."""
    browser = panel.browser
    older, newer = look_alike(port)
    failures = []
    panel.show("duplicates")
    browser.wait(f"{CASE}?.innerText.includes('{older}')")
    if browser.run("document.querySelector('.queue').innerText").find("Atangana") >= 0:
        failures.append("the list of cases names somebody")
    browser.run("document.querySelector('.queue button').focus()")
    browser.press("m")
    browser.wait("document.querySelector('.case.merge button') === document.activeElement")
    for language, other in (("en", "Français"), ("fr", "English")):
        failures += look(panel, f"review-{language}")
        panel.click(other)
        browser.wait(f"document.documentElement.lang !== '{language}' && {CASE}")
        browser.run("document.querySelector('.card').focus()")
        browser.press("m")
    browser.press("Escape")
    browser.wait("!document.querySelector('.case.merge')")
    browser.press("?", shift=True)
    browser.wait("document.querySelector('dialog .keys')")
    panel.picture("review-keys", height=900)
    failures += panel.axe.faults(browser.run, "the dialog of keys")
    browser.press("Escape")
    browser.wait("!document.querySelector('dialog')")
    browser.press("m")
    browser.press("Enter")
    browser.wait(f"document.querySelector('.last').innerText.includes('{older}')")
    browser.wait("document.querySelector('.card .empty')")
    panel.picture("review-done")
    browser.press("u")
    browser.wait(f"{CASE}?.innerText.includes('{newer}')")
    # Whoever was merged and taken apart again has a log that says so.
    browser.run(f"location.hash = '#access/{older}'")
    browser.wait("document.getElementById('view').innerText.includes('undoDuplicate')")
    panel.picture("access-log")
    return failures


def press(browser, *keys):
    for key in keys:
        browser.press(key)


def decide_many(panel, port, token):
    """Two hundred cases, ten a second, blindly: each key counts for the case that was on the card."""
    browser = panel.browser
    rng, client = random.Random(7), sign_in_client(port)
    for _ in range(COUNT + 10):
        last = "".join(rng.sample(SYLLABLES, 4)).capitalize()
        year, day, month = rng.randrange(1930, 2020), rng.randrange(1, 13), rng.randrange(1, 13)
        look_alike(port, last, (f"{year}-{month:02}-{day:02}", f"{year}-{day:02}-{month:02}"), client)
    bearer = {"Authorization": "Bearer " + token}
    before = call(port, "/api/v1/admin/duplicates", headers=bearer)[1]["open"]
    known = len(audited(port, bearer))
    browser.run(SPY)
    panel.show("overview")
    panel.show("duplicates")
    browser.wait(CASE)
    browser.run("document.querySelector('.card').focus()")
    begun = time.monotonic()
    for number in range(COUNT * 3):
        if number >= COUNT and browser.run("spy.sent.length") >= COUNT:
            break
        time.sleep(max(0, begun + number / 10 - time.monotonic()))
        # A merge, then the same undone and decided otherwise, among many that are not the same person.
        press(browser, *(("m", "Enter") if number % 5 == 0 else ("d",)))
        if number % 20 == 7:
            press(browser, "u")
    took = time.monotonic() - begun
    browser.wait("session.review.pending === 0")
    panel.picture("review-many")
    spy = browser.run("({ ...spy, closed: [...spy.closed] })")
    wanted = expected(spy["keys"])
    failures = [f"{one} was shown although it was decided" for one in spy["stale"]]
    if spy["lost"]:
        failures.append(f"the focus was lost {spy['lost']} times")
    if [tuple(one) for one in spy["sent"]] != wanted:
        failures.append(f"the keys say {wanted}, sent was {spy['sent']}")
    rows = audited(port, bearer)[known:]
    if rows != wanted:
        failures.append(f"the keys say {len(wanted)} decisions, the audit log has {len(rows)} others: "
                        + str([pair for pair in zip(wanted, rows) if pair[0] != pair[1]][:3]))
    after = call(port, "/api/v1/admin/duplicates", headers=bearer)[1]["open"]
    undone = sum(verb == "undo" for verb, _ in wanted)
    print(f"   {len(wanted)} decisions in {took:.1f} s, {undone} of them undone")
    if len(wanted) < COUNT or before - after != len(wanted) - 2 * undone:
        failures.append(f"{len(wanted)} decisions, {undone} undone, and of {before} cases {after} are open")
    return failures + decided_by_another(panel, port, bearer)


def expected(keys):
    """What the keys decide: each for the case on the card, where there was one."""
    decided, wanted, form = [], [], None
    for key, case, _ in keys:
        if key == "m" and case:
            form = case
        elif key == "Enter" and form or key == "d" and case and not form:
            wanted.append(("dismiss" if key == "d" else "merge", case))
            decided.append(case)
            form = None
        elif key == "u" and decided:
            wanted.append(("undo", decided.pop()))
    return wanted


def audited(port, bearer):
    """The administrator's decisions in the audit log, oldest first; refused ones behind."""
    rows = []
    for verb in ("merge", "dismiss", "undo"):
        query = f"/api/v1/admin/audit?operation={verb}Duplicate&principal=admin:Check&limit=500"
        for row in call(port, query, headers=bearer)[1]["entries"]:
            rows.append((row["seq"], verb, row["entity"].removeprefix("duplicate/"), row["outcome"]))
    bad = [row for row in rows if row[3] != "success"]
    return [(verb, case) for _, verb, case, _ in sorted(rows)] + bad


def decided_by_another(panel, port, bearer):
    """Somebody else is first: the card says so, and the next one comes."""
    browser = panel.browser
    browser.wait(CASE)
    case = browser.run(CASE + ".dataset.case")
    call(port, f"/api/v1/admin/duplicates/{case}/dismiss", {"note": "sisters"}, bearer)
    browser.press("d")
    browser.wait("document.getElementById('alert').textContent.includes('decided before')")
    browser.wait(f"{CASE} && {CASE}.dataset.case !== '{case}'")
    panel.picture("review-late")
    rows = call(port, "/api/v1/admin/audit?operation=dismissDuplicate&outcome=merge_conflict",
                headers=bearer)[1]["entries"]
    failures = [] if [row["entity"] for row in rows] == ["duplicate/" + case] else [f"a late decision: {rows}"]
    return failures + look_back(panel)


def look_back(panel):
    """From case to case and back, and to one that was decided, whose decision is undone."""
    browser = panel.browser
    first = browser.run(CASE + ".dataset.case")
    browser.press("j")
    browser.wait(f"{CASE} && {CASE}.dataset.case !== '{first}'")
    browser.press("k")
    browser.wait(f"{CASE}?.dataset.case === '{first}'")
    panel.tab_to("cases-state")
    for state in ("merged", "dismissed"):
        browser.press("ArrowDown")
        browser.wait(f"document.querySelector('.card .case[data-state={state}]')")
    failures = panel.axe.faults(browser.run, "a decided case")
    panel.picture("review-dismissed")
    panel.tab_to("Undo the decision")
    browser.press("Enter")
    browser.wait("document.getElementById('notice').textContent.startsWith('Done')")
    return failures
