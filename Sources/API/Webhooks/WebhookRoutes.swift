package import HTTP
import JSON
import Registry
import Values

/// Webhook subscriptions, their events and their deliveries (contract §§ 4, 8).
package enum WebhookRoutes {
    package static let all = [
        Route(
            .post, "/api/v1/connect/webhooks/subscriptions", "createSubscription", scope: .client,
            createSubscription),
        Route(
            .get, "/api/v1/connect/webhooks/subscriptions", "listSubscriptions", scope: .client,
            listSubscriptions),
        Route(
            .delete, "/api/v1/connect/webhooks/subscriptions/{id}", "deleteSubscription",
            scope: .client, deleteSubscription),
        Route(
            .post, "/api/v1/connect/webhooks/subscriptions/{id}/rotate-secret",
            "rotateSubscriptionSecret", scope: .client, rotateSubscriptionSecret),
        Route(
            .post, "/api/v1/connect/webhooks/subscriptions/{id}/replay", "replaySubscription",
            scope: .client, replaySubscription),
        Route(
            .get, "/api/v1/connect/webhooks/events", "listEvents", scope: .client, listEvents),
        Route(
            .post, "/api/v1/connect/webhooks/events/{id}/replay", "replayEvent", scope: .client,
            replayEvent),
        Route(
            .get, "/api/v1/connect/webhooks/deliveries", "listDeliveries", scope: .client,
            listDeliveries),
    ]

    /// How long the old secret signs beside the new one.
    private static let overlapSeconds: Int64 = 86_400

    // MARK: Subscriptions

    @Sendable package static func createSubscription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var body = try ObjectReader(request)
        let urlText = body.requiredText(
            ["callback_url", "endpoint_url", "url"], maximum: HTTPURL.maximumBytes)
        let filter = body.filter("subscribed_events", "events", "event_types")
        let description = body.text("description", maximum: 500)
        let chosenSecret = body.text("webhook_secret", "secret")
        if let chosenSecret, !isUsable(secret: chosenSecret) {
            body.refuse("webhook_secret", "must be 16 to 255 visible ASCII characters")
        }
        var endpoint: String?
        if !urlText.isEmpty {
            switch WebhookTarget(context.app.configuration).check(urlText) {
            case .success(let url): endpoint = url.normalized
            case .failure(let refusal): body.refuse("callback_url", refusal.message)
            }
        }
        try body.finish()
        guard let endpoint else { preconditionFailure("finish() let it through.") }
        let id = Identifier.make("sub_", at: context.now)
        let secret = chosenSecret ?? WebhookSecrets.generate()
        let draft = SubscriptionStore.Draft(
            id: id, callbackURL: urlText, endpoint: endpoint, filter: filter,
            description: description,
            sealedSecret: try context.app.webhookSecrets.seal(secret, for: id))
        return try await context.write(auditing: .create) { tx, entry in
            entry.entity = "subscription/" + id
            let client = context.client.clientID
            let active = try SubscriptionStore.active(clientID: client, in: tx)
            guard
                active.count < SubscriptionStore.limit,
                try SubscriptionStore.insert(
                    draft, clientID: client, requestID: context.requestID, at: context.now, in: tx)
                    != nil,
                let subscription = try SubscriptionStore.find(id, clientID: client, in: tx)
            else { throw refusal(active, endpoint) }
            return answer(subscription, secret: secret)
        }
    }

    private static func refusal(_ active: [Subscription], _ endpoint: String) -> Problem {
        let twin = active.first { (try? HTTPURL($0.callbackURL).normalized) == endpoint }
        guard let twin else {
            return Problem.validation(
                "callback_url",
                "a client has at most \(SubscriptionStore.limit) subscriptions; delete one first")
        }
        var problem = Problem(
            .duplicateSubscription,
            "This client has a subscription for this URL already: \(twin.id). Delete it first.")
        problem.members = [("subscription_id", twin.id)]
        return problem
    }

    private static func isUsable(secret: String) -> Bool {
        (16...255).contains(secret.utf8.count)
            && secret.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    private static func answer(_ subscription: Subscription, secret: String) -> HTTPResponse {
        var json = JSONWriter()
        json.object { json in
            json.describe(subscription)
            json.member("webhook_secret", secret)
        }
        var response = HTTPResponse(.created, contentType: "application/json", body: json.finish())
        response.setField("Cache-Control", "no-store" as StaticString)
        return response
    }

    @Sendable package static func listSubscriptions(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await context.read(auditing: .read) { tx, entry in
            let active = try SubscriptionStore.active(clientID: context.client.clientID, in: tx)
            var json = JSONWriter(reserving: 128 + active.count * 512)
            json.object { json in
                json.memberArray("subscriptions") { json in
                    for subscription in active {
                        json.element { json in json.describe(subscription) }
                    }
                }
                // A client has at most a page of them.
                json.memberNull("next_cursor")
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable package static func deleteSubscription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        try await delete(request, context) { _ in HTTPResponse(.noContent) }
    }

    static func delete(
        _ request: HTTPRequest, _ context: Context,
        answering answer: @escaping @Sendable (_ id: String) throws -> HTTPResponse
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .delete) { tx, entry in
            entry.entity = "subscription/" + id.prefix(64)
            let isDeleted = try SubscriptionStore.delete(
                id, clientID: context.client.clientID, at: context.now, in: tx)
            guard isDeleted else { throw unknown }
            return try answer(id)
        }
    }

    private static let unknown = Problem(
        .notFound, "This client has no active subscription with this id.")

    @Sendable static func rotateSubscriptionSecret(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var seconds = overlapSeconds
        if !request.body.isEmpty {
            var body = try ObjectReader(request)
            seconds = Int64(body.integer("overlap_seconds", in: 0...604_800) ?? 86_400)
            try body.finish()
        }
        let secret = WebhookSecrets.generate()
        let sealed = try context.app.webhookSecrets.seal(secret, for: id)
        let overlapEnd = context.now.adding(seconds: seconds)
        return try await context.write(auditing: .update) { tx, entry in
            entry.entity = "subscription/" + id.prefix(64)
            guard
                let subscription = try SubscriptionStore.find(
                    id, clientID: context.client.clientID, in: tx)
            else { throw unknown }
            try SubscriptionStore.rotateSecret(
                of: subscription, to: sealed, overlapEnd: overlapEnd, at: context.now, in: tx)
            var json = JSONWriter()
            json.object { json in
                json.describe(subscription)
                json.member("webhook_secret", secret)
                json.member("previous_secret_expires_at", overlapEnd.rfc3339)
            }
            var response = HTTPResponse(.ok, contentType: "application/json", body: json.finish())
            response.setField("Cache-Control", "no-store" as StaticString)
            return response
        }
    }

    // MARK: Replay

    /// The most events that one replay looks at: it holds the only writer meanwhile.
    private static let replayScan = 5_000

    @Sendable static func replaySubscription(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        var body = try ObjectReader(request)
        let from = body.instant("from")
        if from == nil { body.require("from") }
        let to = body.instant("to") ?? context.now
        let after = body.place(in: "subscription_replay")
        if let from, to <= from { body.refuse("to", "must be later than from") }
        try body.finish()
        guard let from else { preconditionFailure("finish() let it through.") }
        return try await context.write(auditing: .execute) { tx, entry in
            entry.entity = "subscription/" + id.prefix(64)
            guard
                let subscription = try SubscriptionStore.find(
                    id, clientID: context.client.clientID, in: tx)
            else { throw unknown }
            try after?.require(of: subscription.id)
            try SubscriptionStore.verifyNow(subscription, at: context.now, in: tx)
            let start = try EventStore.last(before: from, in: tx)
            let page = try EventStore.page(
                for: Audience(subscription), after: max(start, after?.numbers[0] ?? 0),
                limit: replayScan, scan: replayScan, at: context.now, in: tx)
            var count = 0
            var isMore = page.isMore
            for event in page.events {
                if event.createdAt >= to {
                    isMore = false
                    break
                }
                guard event.createdAt >= from, subscription.filter.takes(event.type) else {
                    continue
                }
                try DeliveryStore.replay(
                    subscription: subscription.seq, eventSeq: event.seq, at: context.now, in: tx)
                count += 1
            }
            var json = JSONWriter()
            json.object { json in
                json.member("status", "queued")
                json.member("subscription_id", subscription.id)
                json.member("from", from.rfc3339)
                json.member("to", to.rfc3339)
                json.member("deliveries", count)
                json.member(
                    "next_cursor",
                    isMore
                        ? ListCursor.text(
                            "subscription_replay", of: subscription.id, after: page.end) : nil)
            }
            return HTTPResponse(.accepted, contentType: "application/json", body: json.finish())
        }
    }

    @Sendable package static func replayEvent(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        let id = request.parameter("id") ?? ""
        return try await context.write(auditing: .execute) { tx, entry in
            entry.entity = "event/" + id.prefix(64)
            let client = context.client
            let audience = Audience(clientID: client.clientID, facilityID: client.facilityID)
            guard let event = try EventStore.find(id: id, in: tx),
                try EventStore.mayNotify(audience, of: event, at: context.now, in: tx)
            else { throw Problem(.notFound, "There is no such event for this client.") }
            let takers = try SubscriptionStore.active(clientID: client.clientID, in: tx)
                .filter { $0.filter.takes(event.type) || $0.verificationSeq == event.seq }
            guard !takers.isEmpty else {
                throw Problem(
                    .notFound, "None of this client's subscriptions takes \(event.type) events.")
            }
            for subscription in takers {
                try DeliveryStore.replay(
                    subscription: subscription.seq, eventSeq: event.seq, at: context.now, in: tx)
            }
            var json = JSONWriter()
            json.object { json in
                json.member("status", "queued")
                json.member("event_id", event.id)
                json.member("event_type", event.type)
                json.member("deliveries", takers.count)
                json.member("subscription_ids", takers.map(\.id))
            }
            return HTTPResponse(.accepted, contentType: "application/json", body: json.finish())
        }
    }

    // MARK: Lists

    /// The most events that one page looks at.
    private static let listScan = 20_000

    /// What a receiver missed while it was down: the bodies that were or will be delivered.
    @Sendable package static func listEvents(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var parameters = QueryParameters(request)
        let limit = parameters.limit()
        let cursor = parameters.place(in: "events")
        let afterID = parameters.text("after")
        try parameters.finish()
        let environment = context.app.configuration.environment
        return try await context.read(auditing: .read) { tx, entry in
            var after = cursor?.numbers[0] ?? 0
            let client = context.client
            let audience = Audience(clientID: client.clientID, facilityID: client.facilityID)
            if cursor == nil, let afterID {
                // An event that the client may not see is as unknown as one that never was.
                guard let event = try EventStore.find(id: afterID, in: tx),
                    try EventStore.mayNotify(audience, of: event, at: context.now, in: tx)
                else {
                    throw Problem.validation(
                        "after", "is not an event that this server still has for this client")
                }
                after = event.seq
            }
            let page = try EventStore.page(
                for: audience, after: after, limit: limit, scan: listScan, at: context.now, in: tx)
            let bodies = page.events.map {
                WebhookBody.bytes(of: $0, for: audience, in: environment)
            }
            let events = page.events.prefix(
                ListPage.count(of: bodies, limit: bodies.count, weight: \.count))
            let isCut = events.count < bodies.count
            let end = isCut ? events.last?.seq ?? after : page.end
            audit(events, into: &entry)
            var json = JSONWriter(reserving: 128 + events.count * 768)
            json.object { json in
                json.memberArray("events") { json in
                    for body in bodies.prefix(events.count) { json.element(raw: body) }
                }
                json.member(
                    "next_cursor",
                    isCut || page.isMore ? ListCursor.text("events", after: end) : nil)
            }
            return HTTPResponse(.ok, contentType: "application/json", body: json.finish())
        }
    }

    /// Whoever looks into the record's log sees who was told of its events.
    private static func audit(_ events: ArraySlice<StoredEvent>, into entry: inout AuditEntry) {
        var seen: Set<Int64> = []
        for event in events {
            guard let patientID = event.patientID, seen.insert(patientID).inserted else { continue }
            // The outbox holds what this server wrote; without an id the number still tells.
            let healthID = (try? JSONDocument(event.data))?.root["health_id"]?.string
            let entity = healthID.map { "patient/" + $0 } ?? "event/" + event.id
            if entry.patientID == nil {
                entry.patientID = patientID
                entry.entity = entity
            } else {
                entry.furtherPatients.append((entity, patientID))
            }
        }
    }

    @Sendable static func listDeliveries(
        _ request: HTTPRequest, _ context: Context
    ) async throws -> HTTPResponse {
        var parameters = QueryParameters(request)
        let limit = parameters.limit()
        let cursor = parameters.deliveryPlace(in: "deliveries")
        let state = parameters.text("state")
        if let state, !["pending", "delivered", "exhausted", "withheld"].contains(state) {
            parameters.refuse("state", "must be pending, delivered, exhausted or withheld")
        }
        let wanted = parameters.text("subscription_id") ?? parameters.text("subscription")
        try parameters.finish()
        return try await context.read(auditing: .read) { tx, entry in
            var names = try SubscriptionStore.names(clientID: context.client.clientID, in: tx)
            if let wanted {
                names.removeAll { $0.id != wanted }
                guard !names.isEmpty else { throw unknown }
            }
            let before = cursor ?? (seq: .max, subscription: 0)
            // Each subscription's next page, merged: newest event first, then by subscription.
            var lines = try names.flatMap { name in
                try DeliveryStore.log(
                    of: name.seq, state: state,
                    before: name.seq < before.subscription && before.seq < .max
                        ? before.seq + 1 : before.seq,
                    limit: limit + 1, in: tx)
            }
            lines.sort { ($0.eventSeq, $0.subscription) > ($1.eventSeq, $1.subscription) }
            let ids = Dictionary(uniqueKeysWithValues: names.map { ($0.seq, $0.id) })
            return try .page(
                "deliveries", lines, limit: limit, cursor: { $0.cursor(in: "deliveries") }
            ) { json, line in
                json.member("subscription_id", ids[line.subscription])
                json.describe(
                    line,
                    try DeliveryStore.failures(
                        subscription: line.subscription, eventSeq: line.eventSeq, in: tx))
            }
        }
    }
}

extension DeliveryStore.Line {
    /// The place in a list of deliveries after this one.
    func cursor(in list: String) -> String {
        ListCursor.text(list, after: eventSeq, subscription)
    }
}

extension ObjectReader {
    /// Which events are asked for; complaints name each unknown one.
    fileprivate mutating func filter(_ names: StaticString...) -> Subscription.Filter {
        guard
            let words = words("subscribed_events", "events", "event_types")
        else {
            require(names[0].description)
            return Subscription.Filter(kinds: [])
        }
        var kinds: Set<Event.Kind> = []
        var unknown: [String] = []
        for word in words where word != "*" {
            if let kind = Event.Kind(reading: word) {
                kinds.insert(kind)
            } else {
                unknown.append(String(word.prefix(64)))
            }
        }
        if !unknown.isEmpty {
            refuse(
                names[0].description,
                "has unknown events: \(unknown.joined(separator: ", "))")
        }
        return Subscription.Filter(kinds: words.contains("*") ? nil : kinds)
    }
}
