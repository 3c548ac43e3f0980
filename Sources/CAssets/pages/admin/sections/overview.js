async function showOverview(view) {
  const [stats, agents] = await Promise.all([
    get("/stats"),
    get("/agents", { status: "active", limit: 500 }),
  ]);
  const cards = [
    ["agents", stats.counts.agents, "c_agents"],
    ["agents", stats.counts.agents - stats.agents.online, "c_offline"],
    ["agents", stats.queue_depth, "c_queue"],
    ["quarantine", stats.counts.quarantined, "c_quarantined"],
    ...(stats.counts.full_quarantines
      ? [["quarantine", stats.counts.full_quarantines, "c_fullQuarantines"]]
      : []),
    [
      "pending",
      stats.counts.pending_records,
      stats.counts.oldest_pending_record ? "c_pendingSince" : "c_pending",
      whenText(stats.counts.oldest_pending_record),
    ],
    ["deliveries", stats.counts.exhausted_deliveries, "c_dead"],
    ["duplicates", stats.counts.open_duplicates, "c_duplicates"],
    ["contradictions", stats.counts.open_contradictions, "c_contradictions"],
    ["emergency", stats.counts.open_emergency_accesses, "c_emergency"],
    ["facilities", stats.counts.facilities, "c_facilities"],
    ["clients", stats.counts.clients, "c_clients"],
    ["keys", stats.counts.api_keys, "c_keys"],
    ["access", stats.counts.patients, "c_patients"],
  ];
  const span = (name, data, buckets, style) => [
    make("h3", {}, t(name)),
    make(
      "div",
      { class: "charts" },
      chart(t("synced"), buckets, bucket => bucket.records_synced, style),
      chart(t("refused"), buckets, bucket => bucket.refused, style, "refused"),
      chart(t("activity"), buckets, bucket => bucket.audit_entries, style),
      chart(t("sent"), buckets, bucket => bucket.deliveries, style),
    ),
  ];
  const queues = agents.agents
    .filter(agent => agent.queue_depth)
    .map(agent => ({ label: agent.agent_id, depth: agent.queue_depth }));
  view.append(
    ...heading(
      "overview",
      null,
      button(t("refresh"), () => route()),
    ),
    make(
      "ul",
      { class: "cards" },
      ...cards.map(([section, value, word, more]) =>
        make("li", {}, make("a", { href: "#" + section }, make("strong", {}, number(value)), t(word, more))),
      ),
    ),
    agentTable(agents.agents, () => route()),
    ...span("last24", stats.last_24_hours, stats.last_24_hours.hours, {
      hour: "2-digit",
      minute: "2-digit",
      timeZone: "UTC",
    }),
    ...span("last30", stats.last_30_days, stats.last_30_days.days, {
      day: "numeric",
      month: "short",
      timeZone: "UTC",
    }),
    make("p", { class: "muted" }, t("utc")),
    make("h3", {}, t("queue")),
    queues.length
      ? make(
          "div",
          { class: "charts" },
          chart(t("queueByAgent"), queues, one => one.depth),
        )
      : make("p", { class: "empty" }, t("noQueue")),
  );
}
