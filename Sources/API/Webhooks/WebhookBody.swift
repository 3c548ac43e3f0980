import JSON
import Registry
import Values

/// What a receiver gets for an event: the same bytes at each attempt (contract § 8).
enum WebhookBody {
    static func bytes(
        of event: StoredEvent, for audience: Audience, in environment: Deployment.Environment
    ) -> [UInt8] {
        // Who is told by a patient's consent may not know where else that patient is treated; another
        // system's request id may say it too.
        let isOwn = audience.owns(event)
        let time = event.createdAt.rfc3339
        var json = JSONWriter(reserving: 512 + event.data.count * 2)
        json.object { json in
            json.member("id", event.id)
            json.member("type", event.type)
            json.member("version", "1.0")
            json.member("created_at", time)
            json.member("data", raw: event.data)
            json.member("meta") { json in
                json.member("facility_id", isOwn ? event.facilityID : nil)
                json.member("environment", environment.rawValue)
                json.member("request_id", isOwn ? event.requestID : nil)
            }
            // The older names of the same four.
            json.member("event_id", event.id)
            json.member("event_type", event.type)
            json.member("occurred_at", time)
            json.member("resource", raw: event.data)
        }
        return json.finish()
    }
}

extension JSONWriter {
    /// A subscription without its secret.
    mutating func describe(_ subscription: Subscription) {
        member("subscription_id", subscription.id)
        member("id", subscription.id)
        member("status", subscription.status.rawValue)
        member("callback_url", subscription.callbackURL)
        member("endpoint_url", subscription.callbackURL)
        member("subscribed_events", subscription.filter.words)
        member("events", subscription.filter.words)
        member("description", subscription.description)
        member("created_at", subscription.createdAt.rfc3339)
        member("verified_at", subscription.verifiedAt?.rfc3339)
    }

    /// A delivery with all its attempts: those that failed, then the last if that did not.
    mutating func describe(
        _ line: DeliveryStore.Line, _ failures: [(number: Int, attempt: Delivery.Attempt)]
    ) {
        member("event_id", line.eventID)
        member("event_type", line.eventType)
        member("state", line.delivery.state.word)
        member("attempts", line.delivery.attempts)
        var next: String?
        if case .pending(let dueAt) = line.delivery.state { next = dueAt.rfc3339 }
        member("next_attempt_at", next)
        member("created_at", line.createdAt.rfc3339)
        memberArray("attempt_log") { json in
            for (number, attempt) in failures { json.element(attempt, number) }
            if let last = line.last, last.isSuccess {
                json.element(last, line.delivery.attempts)
            }
        }
    }

    private mutating func element(_ attempt: Delivery.Attempt, _ number: Int) {
        element { json in
            json.member("attempt", number)
            json.member("attempted_at", attempt.at.rfc3339)
            json.member("status_code", attempt.status)
            json.member("error", attempt.error)
            json.member("duration_ms", attempt.durationMilliseconds)
            json.member("response_body", attempt.response)
        }
    }
}
