/// What is told of a decision: words for the caller, and all that went into it for the audit log.

extension MatchEvidence {
    /// What speaks for the candidate beside the agreement in name and birth date.
    package var reasons: [String] {
        var reasons: [String] = []
        if counts.namesakes == 0, bearers < 1 { reasons.append("rare_name") }
        if place == .here || place == .sameDistrict { reasons.append(place.rawValue) }
        if home == .same { reasons.append("same_address") }
        if isSexKnown { reasons.append("same_sex") }
        return reasons
    }

    /// The members of a JSON object: every count and fact from which `odds` follow.
    package var members: String {
        """
        "rule":\(MatchEvidence.ruleVersion),"odds":\(odds),"budget":\(MatchEvidence.budget),\
        "namesakes":\(counts.namesakes),"given":\(counts.given),"family":\(counts.family),\
        "born":\(counts.born),"neighbours":\(counts.neighbours),\
        "registered":\(counts.registered),"place":"\(place.rawValue)","home":"\(home.rawValue)",\
        "year_only":\(isYearOnly),"same_sex":\(isSexKnown),"years":\(ageInYears),\
        "rivals":\(rivals)
        """
    }
}

extension Matching.Decision {
    /// For the caller, and no more than may be told of somebody who was not found.
    package var reasons: [String] {
        switch self {
        case .link(_, .fact(let fact)): [fact.rawValue]
        case .link(_, .odds(let evidence)): ["name_and_birth_date"] + evidence.reasons
        case .create: []
        case .createForReview(_, let doubt): [doubt.word]
        }
    }

    /// A JSON object: what the decision rests on; `nil` where nobody agreed.
    package var explanation: String? {
        switch self {
        case .link(_, .fact(let fact)): "{\"fact\":\"\(fact.rawValue)\"}"
        case .link(_, .odds(let evidence)): "{\(evidence.members)}"
        case .create: nil
        case .createForReview(_, .odds(let evidence)):
            "{\"doubt\":\"\(Matching.Doubt.odds(evidence).word)\",\(evidence.members)}"
        case .createForReview(_, let doubt): "{\"doubt\":\"\(doubt.word)\"}"
        }
    }
}

extension Matching.Doubt {
    fileprivate var word: String {
        switch self {
        case .contradiction: "contradiction"
        case .several: "several_agree"
        case .singleName: "single_name"
        case .odds: "may_be_namesake"
        }
    }
}
