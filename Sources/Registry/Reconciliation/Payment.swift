package import Values

/// One side's account of a payment.
package struct Payment: Sendable {
    package enum Side: String, Sendable, CaseIterable {
        /// What the facility booked.
        case facility
        /// What the provider, usually mobile money, says it moved.
        case provider
    }

    package let side: Side
    package let reference: String
    /// The provider's number of the movement; empty where none was told. One reference may be paid in
    /// several.
    package let transactionID: String
    package let amount: Money
    package let method: String?
    package let status: PaymentStatus
    package let paidAt: Timestamp

    package var isCompleted: Bool { status == .completed }

    /// What subscribers are told (contract § 8).
    package func completed(facilityID: String) -> Event {
        Event(
            .paymentCompleted, patientID: nil,
            data: [
                ("reference", reference), ("side", side.rawValue), ("facility_id", facilityID),
            ])
    }
}

/// What both sides have of one currency; wider than any count of amounts.
package struct PaymentTotal: Sendable {
    package let currency: String
    package var facility: Int128 = 0
    package var provider: Int128 = 0
}

/// Both sides of one reference.
package struct ReconciledPayment: Sendable {
    package enum Status: String, Sendable, CaseIterable {
        case matched
        case amountMismatch = "amount_mismatch"
        case missingAtFacility = "missing_at_facility"
        case missingAtProvider = "missing_at_provider"
    }

    package let reference: String
    package let facility: Payment?
    package let provider: Payment?

    /// About how many bytes it takes in an answer.
    package var weight: Int {
        [facility, provider].reduce(128 + reference.utf8.count) { sum, side in
            sum + (side == nil ? 8 : 160 + (side?.method?.utf8.count ?? 0))
        }
    }

    package var status: Status {
        switch (facility, provider) {
        case (let facility?, let provider?):
            facility.amount == provider.amount ? .matched : .amountMismatch
        case (nil, _): .missingAtFacility
        case (_, nil): .missingAtProvider
        }
    }
}
