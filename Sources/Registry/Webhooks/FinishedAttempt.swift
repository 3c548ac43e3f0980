/// An attempt that has ended, until its outcome is durable.
package struct FinishedAttempt: Sendable {
    package let subscription: Int64
    package let clientID: String
    package let item: DeliveryQueue.Item
    package let takers: DeliveryPlaces.Takers
    /// Whether the receiver had proven itself when the attempt began.
    package let isProven: Bool
    /// `nil` when it was given up without an outcome.
    package let attempt: Delivery.Attempt?

    package init(
        subscription: Int64, clientID: String, item: DeliveryQueue.Item,
        takers: DeliveryPlaces.Takers, isProven: Bool, attempt: Delivery.Attempt?
    ) {
        self.subscription = subscription
        self.clientID = clientID
        self.item = item
        self.takers = takers
        self.isProven = isProven
        self.attempt = attempt
    }

    /// Whether the receiver has taken its verification.
    package var isVerified: Bool { item.event.isVerification && attempt?.isSuccess == true }
}
