import Foundation
import JSON
import Values

extension Payment {
    private static func status(_ text: String) -> Reading<PaymentStatus> {
        if let status = PaymentStatus(reading: text) { return .value(status) }
        if Placeholder.isNothing(text) { return .nothing }
        return .refused(
            "must be completed, pending, failed, cancelled or refunded; \(text) is not known here")
    }

    /// Reads one payment; complaints gather in `body`.
    package init(_ body: inout ObjectReader) {
        let transactionID = body.identifier(
            "transaction_id", "transaction_reference", "provider_reference",
            "provider_transaction_id", "external_transaction_id", "txn_id")
        let named = body.identifier(
            "reference", "payment_reference", "invoice_number", "receipt_number")
        let reference = named ?? transactionID ?? body.requiredIdentifier(["reference"])
        let sideText = body.text("side", "source", "reported_by")?.lowercased() ?? "facility"
        let side = Side(rawValue: sideText)
        if side == nil { body.refuse("side", "must be facility or provider") }
        let currencyText = body.text("currency") ?? "XAF"
        let currency = Money.currency(reading: currencyText)
        if currency == nil {
            body.refuse("currency", "must be a currency of ISO 4217, such as XAF")
        }
        var amount: Money?
        if let minor = body.integer("amount_minor", in: 0...Int(Money.limit - 1)) {
            amount = Money(minor: Int64(minor), currency: currency ?? "XAF")
        } else if body.has("amount"), let currency {
            amount = body.amount("amount", currency: currency)
            if amount == nil { body.require("amount") }
        } else if currency != nil {
            body.require("amount_minor")
        }
        let status = body.word("status", "payment_status", by: Payment.status)
        let paidAt = body.time("paid_at", "occurred_at", "date")
        if paidAt == nil { body.require(["paid_at", "occurred_at", "date"]) }
        self.init(
            side: side ?? .facility, reference: reference,
            transactionID: named == nil ? "" : transactionID ?? "",
            amount: amount ?? Money(minor: 0, currency: currency ?? "XAF"),
            method: body.text("method", "payment_method", maximum: 64),
            status: status ?? .completed, paidAt: paidAt ?? Timestamp(milliseconds: 0))
    }
}
