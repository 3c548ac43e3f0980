import Registry
import Database
import Values

enum WebhookCommands {
    static let all = [
        Command(
            name: "webhook dead", summary: "List webhook deliveries that were given up.",
            options: [
                Command.data, Command.database,
                .init(name: "limit", placeholder: "N", help: "rows", fallback: "50"),
            ], run: dead),
        Command(
            name: "webhook replay", summary: "Deliver a subscription's dead letters again.",
            words: ["SUBSCRIPTION_ID"],
            options: [
                Command.data, Command.database,
                .init(name: "event", placeholder: "EVENT_ID", help: "this event only"),
            ], run: replay),
    ]

    @Sendable private static func dead(_ arguments: Arguments) throws {
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let (lines, subscriptions) = try DataAccess(arguments).read { tx in
            let lines = try Webhooks.deadLetters(limit: limit, in: tx)
            return (lines, try Webhooks.subscriptions(of: lines, in: tx))
        }
        if lines.isEmpty { Terminal.print("No delivery was given up.") }
        for line in lines {
            let subscription = subscriptions[line.subscription]
            let why =
                line.last.map { last in last.error ?? "answered \(last.status ?? 0)" } ?? "-"
            Terminal.print(
                "\(subscription?.id ?? "-")  \(line.eventID)  \(line.eventType)  "
                    + "\(line.createdAt.rfc3339)  \(line.delivery.attempts) attempts\n    "
                    + "\(Terminal.harmless(subscription?.callbackURL ?? "-")): "
                    + Terminal.harmless(why))
        }
    }

    @Sendable private static func replay(_ arguments: Arguments) throws {
        let id = try arguments.word(0)
        let data = try DataAccess(arguments)
        let eventID = arguments.text("event")
        var count = 0
        try data.writeInParts("webhook replay", .execute) { after, tx, entry in
            let subscription = try Webhooks.active(id, auditing: &entry, in: tx)
            guard let eventID else {
                return try Webhooks.replayDead(
                    of: subscription, after: after, from: data.origin, in: tx)
            }
            return try Webhooks.replay(eventID, to: subscription, from: data.origin, in: tx)
        } end: { part in
            count += part.count
            return part.end
        }
        Terminal.print("\(count) queued again.")
    }
}
