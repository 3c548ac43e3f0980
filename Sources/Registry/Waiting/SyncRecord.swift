package import Values

/// One record of a batch: read, but not yet stored.
package struct SyncRecord: Sendable {
    /// In a box: a batch's records are handed around, and some contents are long.
    package indirect enum Content: Sendable {
        case patient(ResolveQuery)
        case clinical(RecordDraft, of: PatientReference)
        case appointment(AppointmentDraft, of: PatientReference)
        case stock(StockItem)
        case payment(Payment)
        /// What is wrong with it.
        case refused(Refusal)
    }

    /// Its place in the batch, from 0.
    package let index: Int
    /// `nil` when the word for it is unknown.
    package let type: SyncType?
    /// The word as sent, cut to 64 characters.
    package let typeWord: String?
    /// The JSON, as sent.
    package let payload: ArraySlice<UInt8>
    package var content: Content
    /// What makes it a duplicate; empty where it is refused, and for stock and payments, which are
    /// found by their own keys.
    package let digest: [UInt8]
    /// Which file or report it is a line of, where the sender says so.
    package var uploadID: String?
    /// Whether it names a refused record that it stands for.
    package var isCorrection = false
    /// What the sender should know of how it was read.
    package var remarks: [String] = []
    /// How many parts were read of it, good or bad.
    package var partCount = 0
}
