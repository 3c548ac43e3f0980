package import Database

/// Moves that are sent again. Each is made once: what it moved may have gone on, and another may be in
/// its previous slot by now.
extension HealthcareIngest {
    package struct MadeMove {
        package let appointment: Appointment
        /// Why the record is not what is stored; `nil` where it is.
        package let warning: String?
    }

    /// The appointment that a move was made of before.
    ///
    /// It is not in the previous slot now: what came back there is moved once more. Once it has gone
    /// on, it is meant by its id whatever else is sent; by its slots, if this very record was stored of
    /// it, or if nothing is in the previous slot that could be meant instead. Where it is still in its
    /// new slot, a record that was never stored has something to say of it.
    ///
    /// - Parameters:
    ///   - named: the one that has the record's external id.
    ///   - moved: the one in the previous slot that the record would move.
    /// - Returns: `nil` where the record has something to say of what is in either slot.
    package func made(
        _ draft: HealthcareDraft, _ named: Appointment?, _ moved: Appointment?,
        from previous: AppointmentStore.Slot, to slot: AppointmentStore.Slot,
        in tx: borrowing Transaction
    ) throws -> MadeMove? {
        guard previous.date != slot.date || previous.timeFrom != slot.timeFrom else { return nil }
        if let named {
            if named.isIn(previous) { return nil }
            if named.isIn(slot) {
                return try madeHere(draft, named, from: previous, to: slot, in: tx)
            }
            let isMade =
                try AppointmentStore.hasMoved(named.seq, from: previous, to: slot, in: tx)
                || isRepeated(draft, of: named, in: tx)
            return isMade ? goneOn(draft, named, moved) : nil
        }
        for booking in try AppointmentStore.bookings(in: slot, in: tx).all {
            if let made = try madeHere(draft, booking, from: previous, to: slot, in: tx) {
                return made
            }
        }
        for other in try AppointmentStore.movedAway(from: slot, in: tx) where !other.isIn(previous)
        {
            // Two ids are two bookings.
            if draft.keys.externalID != nil, other.externalID != nil { continue }
            let isMade =
                try isRepeated(draft, of: other, in: tx)
                || moved == nil
                    && AppointmentStore.hasMoved(other.seq, from: previous, to: slot, in: tx)
            if isMade { return goneOn(draft, other, moved) }
        }
        return nil
    }

    /// A move whose appointment is still where it went.
    private func madeHere(
        _ draft: HealthcareDraft, _ booking: Appointment, from previous: AppointmentStore.Slot,
        to slot: AppointmentStore.Slot, in tx: borrowing Transaction
    ) throws -> MadeMove? {
        let change = try changed(draft, booking, date: slot.date, timeFrom: slot.timeFrom)
        if booking.says(change) {
            let isMade =
                try AppointmentStore.hasBeen(
                    booking.seq, on: previous.date, at: previous.timeFrom, in: tx)
                || isRepeated(draft, of: booking, in: tx)
            return isMade ? MadeMove(appointment: booking, warning: nil) : nil
        }
        guard try isRepeated(draft, of: booking, in: tx) else { return nil }
        return MadeMove(
            appointment: booking,
            warning:
                "\(draft.previousName): this move was made before, and the appointment was changed "
                + "since. Nothing was changed now; to say it all the same, leave previousDate and "
                + "previousTimeFrom out.")
    }

    /// A move whose appointment is elsewhere by now.
    ///
    /// - Parameter other: who is in the previous slot now.
    private func goneOn(
        _ draft: HealthcareDraft, _ made: Appointment, _ other: Appointment?
    ) -> MadeMove {
        var warning =
            "\(draft.previousName): this move was made before, and the appointment has moved on to "
            + "\(made.date)\(made.timeFrom.isEmpty ? "" : " " + made.timeFrom). Nothing was changed "
            + "now; to move it all the same, name that slot as the previous one."
        if let other, other.seq != made.seq {
            warning += " To move \(other.id), which is in the previous slot now, "
            warning +=
                other.externalID.map { "send its externalId, \($0)." }
                ?? "give it an externalId first."
        }
        return MadeMove(appointment: made, warning: warning)
    }

    /// Whether a record was stored of an appointment before, word by word.
    private func isRepeated(
        _ draft: HealthcareDraft, of appointment: Appointment, in tx: borrowing Transaction
    ) throws -> Bool {
        if try draft.repeats(appointment.payload, at: facility) { return true }
        return try AppointmentStore.words(of: appointment.seq, in: tx).contains {
            try draft.repeats($0, at: facility)
        }
    }

    /// The answer to a move that was made before.
    package func unchanged(
        _ draft: HealthcareDraft, _ made: MadeMove, for owner: AppointmentOwner
    ) -> HealthcareOutcome.Stored {
        var result = HealthcareOutcome.Stored(.unchanged, id: made.appointment.id)
        result.code = draft.keys.externalID
        result.healthID = owner.healthID
        result.patientID = owner.patientID
        if let warning = made.warning { result.warnings.append(warning) }
        return result
    }
}

extension HealthcareDraft {
    /// The field that says first where the appointment moves from.
    var previousName: StaticString {
        keys.previousDate == nil ? "previousTimeFrom" : "previousDate"
    }
}
