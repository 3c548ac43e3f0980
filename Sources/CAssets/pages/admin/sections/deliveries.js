async function showDeliveries(view) {
  const subscriptions = make("div"),
    container = make("div");
  let state = "exhausted";
  const send = async (body, redraw) => {
    let total = 0,
      cursor = null;
    do {
      const answer = await call("POST", "/webhooks/deliveries/replay", cursor ? { ...body, cursor } : body);
      total += answer.deliveries;
      cursor = answer.next_cursor;
    } while (cursor);
    await redraw();
    tell(t("queued", number(total)));
  };
  const lastError = row => {
    const last = row.attempt_log[row.attempt_log.length - 1];
    return last ? last.error || "HTTP " + last.status_code : "–";
  };
  const columns = redraw => [
    { label: t("event"), cell: row => two(row.event_type, row.event_id) },
    { label: t("url"), cell: row => two(row.callback_url, row.client_id) },
    { label: t("state"), cell: row => badge(row.state) },
    { label: t("attempts"), number: true, cell: row => number(row.attempts) },
    { label: t("lastError"), cell: lastError },
    { label: t("created"), cell: row => when(row.created_at) },
    {
      label: t("actions"),
      cell: row =>
        row.state === "pending"
          ? "–"
          : button(
              t("replay"),
              () => send({ subscription_id: row.subscription_id, event_id: row.event_id }, redraw),
              { of: row.event_id },
            ),
    },
  ];
  const redraw = async () => {
    await list(subscriptions, "/webhooks/subscriptions", "subscriptions", {}, rows =>
      table(
        t("subscriptions"),
        [
          {
            label: t("url"),
            cell: row => two(row.callback_url, row.client_id + " · " + row.subscription_id),
          },
          { label: t("state"), cell: row => badge(row.status) },
          { label: t("waiting"), number: true, cell: row => number(row.pending_deliveries) },
          { label: t("dead"), number: true, cell: row => number(row.exhausted_deliveries) },
          {
            label: t("actions"),
            cell: row =>
              row.exhausted_deliveries && row.status === "active"
                ? button(t("replayAll"), () => send({ subscription_id: row.subscription_id }, redraw), {
                    of: row.callback_url,
                  })
                : "–",
          },
        ],
        rows,
        t("noSubscriptions"),
      ),
    );
    await list(container, "/webhooks/deliveries", "deliveries", { state }, rows =>
      table(t("deliveries"), columns(redraw), rows, t("noDeliveries")),
    );
  };
  view.append(
    ...heading("deliveries", "deliveriesHint", button(t("refresh"), redraw)),
    subscriptions,
    chooser("delivery-state", t("state"), ["exhausted", "pending", "delivered", "withheld"], state, value => {
      state = value;
      return redraw();
    }),
    container,
  );
  await redraw();
}
