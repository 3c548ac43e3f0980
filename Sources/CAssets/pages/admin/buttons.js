function tell(text) {
  $("alert").textContent = "";
  $("notice").textContent = text;
}

function complain(error) {
  $("notice").textContent = "";
  $("alert").textContent = error instanceof Failure ? error.sentence() : String(error);
}

// Runs what a button does: once at a time, with its failure shown.
function button(label, run, options = {}) {
  const element = make(
    "button",
    {
      type: "button",
      class: options.class,
      "aria-label": options.of ? t("forThing", label, options.of) : undefined,
    },
    label,
  );
  element.addEventListener("click", async () => {
    element.disabled = true;
    $("alert").textContent = "";
    try {
      await run(element);
    } catch (error) {
      complain(error);
    }
    element.disabled = false;
  });
  return element;
}

// The buttons that suspend, resume and revoke.
function lifecycle(path, id, status, verbs, redraw) {
  const act = (verb, text) => async () => {
    if (text && !(await confirmThat(text, t(verb)))) return;
    await call("POST", path + "/" + encodeURIComponent(id) + "/" + verb, {});
    await redraw();
    tell(t("done", t("forThing", t(verb), id)));
  };
  return [
    verbs.includes("suspend") &&
      status === "active" &&
      button(t("suspend"), act("suspend", t("confirmSuspend", id)), { of: id }),
    verbs.includes("resume") && status === "suspended" && button(t("resume"), act("resume"), { of: id }),
    status !== "revoked" &&
      button(t("revoke"), act("revoke", t("confirmRevoke", id)), { of: id, class: "danger" }),
  ];
}

async function rotate(path, id, title, hours, pairs, endName, redraw) {
  let made;
  const isDone = await ask(
    t("forThing", title, id),
    [overlapField(hours)],
    async fields => {
      made = await call("POST", path + "/" + encodeURIComponent(id) + "/rotate", {
        overlap_hours: Number(fields.overlap_hours),
      });
    },
    title,
  );
  if (!isDone) return;
  await showSecret(
    t("forThing", title, id),
    pairs(made),
    made[endName] ? t("oldUntil", whenText(made[endName])) : null,
  );
  await redraw();
}
