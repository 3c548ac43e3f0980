import Registry
import Database
import Values

enum WebhookCommands {
    static let all = [
        Command(
            name: "webhook dead", summary: "List webhook deliveries that were given up.",
            options: [
                Command.data,
                .init(name: "limit", placeholder: "N", help: "rows", fallback: "50"),
            ], run: dead),
        Command(
            name: "webhook replay", summary: "Deliver a subscription's dead letters again.",
            words: ["SUBSCRIPTION_ID"],
            options: [
                Command.data,
                .init(name: "event", placeholder: "EVENT_ID", help: "this event only"),
            ], run: replay),
    ]

    @Sendable private static func dead(_ arguments: Arguments) throws {
        let limit = try arguments.number("limit", in: 1...100_000) ?? 50
        let (lines, subscriptions) = try DataAccess(arguments).read { tx in
            let lines = try DeliveryStore.exhausted(
                beforeEvent: .max, subscription: .max, limit: limit, in: tx)
            let seqs = Set(lines.map(\.subscription))
            return (lines, try SubscriptionStore.all(withSeqs: seqs, in: tx))
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
        let count = try data.write("webhook replay", .execute, "subscription/" + id) { tx in
            guard let subscription = try SubscriptionStore.find(id: id, in: tx),
                subscription.status == .active
            else { throw Failure("There is no active subscription \(id).") }
            var events = try DeliveryStore.exhausted(
                of: subscription.seq, after: 0, limit: 100_000, in: tx)
            if let eventID {
                guard let event = try EventStore.find(id: eventID, in: tx) else {
                    throw Failure("There is no event \(eventID).")
                }
                events.removeAll { $0 != event.seq }
            }
            try SubscriptionStore.verifyNow(subscription, at: data.now, in: tx)
            for event in events {
                try DeliveryStore.replay(
                    subscription: subscription.seq, eventSeq: event, at: data.now, in: tx)
            }
            return events.count
        }
        Terminal.print("\(count) queued again.")
    }
}
