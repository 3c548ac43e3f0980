/// Administrative sex, as FHIR tells it apart.
package enum Sex: String, Sendable, CustomStringConvertible {
    case male, female, other

    package var description: String { rawValue }

    /// Reads the words of forms in English, French and Arabic; not known is not another sex.
    package static func read(_ text: String) -> Reading<Sex> {
        if let exact = Sex(rawValue: text) { return .value(exact) }
        if let sex = words[text] { return .value(sex) }
        if isUnknown[text] != nil || Placeholder.isNothing(text) { return .nothing }
        return .refused("must be male, female, other or unknown")
    }

    private static let words = WordList<Sex>([
        (
            .male,
            "male,m,man,boy,mas,masc,masculin,masculine,homme,h,garçon,mâle,sexe masculin,ذكر,رجل,ولد,ذ"
        ),
        (
            .female,
            "female,f,fem,woman,girl,fém,féminin,féminine,feminine,femme,fille,femelle,sexe féminin,أنثى,"
                + "امرأة,بنت,انثي,أ,ث"
        ),
        (.other, "other,o,oth,autre,intersex,intersexe,intersexué,diverse,آخر,أخرى,خنثى"),
    ])
    private static let isUnknown = WordList<Bool>([
        (
            true,
            "u,i,x,unkn,ambiguous,undetermined,undifferentiated,indetermine,nondetermine,not determined,"
                + "prefer not to say"
        )
    ])
}

/// Components of blood that facilities keep.
package enum BloodComponent: String, Sendable, CaseIterable {
    case wholeBlood = "whole_blood"
    case packedCells = "packed_cells"
    case plasma, platelets

    package init?(reading text: String) {
        guard let component = BloodComponent.words[text] else { return nil }
        self = component
    }

    private static let words = WordList<BloodComponent>([
        (.wholeBlood, "whole blood,whole,wb,sang total,st,sang complet,دم كامل"),
        (
            .packedCells,
            "packed cells,packed,packed red cells,packed red blood cells,prbc,prbcs,prc,pcv,rbc,rbcs,rcc,"
                + "red cells,red blood cells,red cell concentrate,red cells concentrate,erythrocytes,"
                + "culot,culot globulaire,culots globulaires,concentré de globules rouges,cgr,"
                + "concentré érythrocytaire,globules rouges,gr,كريات حمراء,كريات الدم الحمراء,"
                + "خلايا حمراء مكدسة"
        ),
        (
            .plasma,
            "plasma,ffp,fresh frozen plasma,frozen plasma,plasma frais congelé,pfc,plasma frais,"
                + "plasma congelé,بلازما,بلازما طازجة مجمدة"
        ),
        (
            .platelets,
            "platelets,platelet,plt,plts,plaquettes,plaquette,concentré plaquettaire,"
                + "concentré de plaquettes,cp,cps,cup,thrombocytes,platelet concentrate,صفائح,"
                + "صفائح دموية,الصفائح الدموية"
        ),
    ])
}

/// What screening of blood says; only what was screened and found safe is stored.
package enum BloodScreening: Sendable {
    case safe, unsafe, unscreened

    package init?(reading text: String) {
        guard let screening = BloodScreening.words[text] else { return nil }
        self = screening
    }

    private static let words = WordList<BloodScreening>([
        (
            .safe,
            "screened,screened safe,screened negative,screened ok,true,1,yes,y,oui,o,passed,pass,negative,"
                + "neg,all negative,non reactive,nonreactive,nr,safe,clear,cleared,complete,completed,done,"
                + "tested,tested negative,ok,fit,released,qualifié,qualifiée,testé,testée,dépisté,dépistée,"
                + "négatif,négative,négatifs,négatives,non réactif,non réactive,conforme,validé,validée,"
                + "libéré,sain,apte,fait,effectué,terminé,نعم,سلبي,آمن,تم الفحص,مفحوص,سليم"
        ),
        (
            .unsafe,
            "positive,pos,reactive,failed,fail,unsafe,rejected,discard,discarded,unfit,contaminated,"
                + "positif,positive hiv,réactif,réactive,non conforme,rejeté,rejetée,à détruire,inapte,"
                + "إيجابي,غير آمن,مرفوض"
        ),
        (
            .unscreened,
            "false,0,no,n,non,unscreened,not screened,not tested,untested,pending,in progress,waiting,"
                + "quarantine,quarantined,en attente,en cours,non testé,non testée,non dépisté,non dépistée,"
                + "à tester,quarantaine,لا,قيد الفحص,غير مفحوص,قيد الانتظار"
        ),
    ])
}

/// How an appointment stands.
package enum AppointmentStatus: String, Sendable, CaseIterable {
    case booked
    case checkedIn = "checked_in"
    case completed, cancelled
    case noShow = "no_show"

    /// Reads the words in use; an unknown one is none of them.
    package init?(reading text: String) {
        if let exact = AppointmentStatus(rawValue: text) {
            self = exact
            return
        }
        guard let status = AppointmentStatus.words[text] else { return nil }
        self = status
    }

    private static let words = WordList<AppointmentStatus>([
        (
            .booked,
            "booked,scheduled,confirmed,pending,proposed,planned,new,rescheduled,reserved,open,active,"
                + "waitlist,tentative,upcoming,unconfirmed,approved,accepted,requested,"
                + "réservé,réservée,planifié,planifiée,programmé,programmée,confirmé,confirmée,prévu,prévue,"
                + "en attente,nouveau,nouvelle,reporté,reportée,reprogrammé,"
                + "محجوز,مجدول,مؤكد,قيد الانتظار,جديد,معاد جدولته,موعد جديد"
        ),
        (
            .checkedIn,
            "checked in,arrived,in progress,in consultation,present,waiting,in waiting room,seated,"
                + "with doctor,started,arrivé,arrivée,présent,présente,en cours,en consultation,"
                + "en salle d'attente,enregistré,enregistrée,وصل,حضر,قيد الكشف,حاضر"
        ),
        (
            .completed,
            "completed,complete,fulfilled,done,finished,closed,seen,attended,checked out,honored,honoured,"
                + "terminé,terminée,honoré,honorée,effectué,effectuée,fait,réalisé,réalisée,clos,achevé,"
                + "مكتمل,منتهي,تم,انتهى,تمت"
        ),
        (
            .cancelled,
            "cancelled,canceled,cancel,cancelled by patient,cancelled by clinic,canceled by patient,"
                + "canceled by provider,void,voided,deleted,revoked,rejected,declined,entered in error,"
                + "annulé,annulée,annuler,supprimé,supprimée,refusé,refusée,ملغي,ملغى,ملغاة,تم الإلغاء,"
                + "مرفوض"
        ),
        (
            .noShow,
            "no show,noshow patient,missed,did not attend,dna,dns,not attended,absent,absente,no showed,"
                + "did not show,non présenté,non présentée,non venu,non venue,pas venu,pas venue,manqué,"
                + "manquée,non honoré,non honorée,لم يحضر,لم يأت,غائب,تغيب"
        ),
    ])
}

/// How a payment stands.
package enum PaymentStatus: String, Sendable, CaseIterable {
    case completed, pending, failed, cancelled, refunded

    /// Reads the words of providers; an unknown one is none of them.
    package init?(reading text: String) {
        if let exact = PaymentStatus(rawValue: text) {
            self = exact
            return
        }
        guard let status = PaymentStatus.words[text] else { return nil }
        self = status
    }

    private static let words = WordList<PaymentStatus>([
        (
            .completed,
            "completed,complete,success,successful,successfully,succeeded,succesful,successfull,succes,paid,"
                + "paid in full,settled,captured,approved,confirmed,accepted,ok,done,closed,executed,"
                + "processed,received,validated,cleared,payment received,transaction successful,"
                + "réussi,réussie,payé,payée,payés,soldé,soldée,réglé,réglée,encaissé,encaissée,confirmé,"
                + "confirmée,validé,validée,accepté,acceptée,approuvé,approuvée,effectué,effectuée,terminé,"
                + "terminée,exécuté,exécutée,abouti,aboutie,transaction réussie,"
                + "ناجح,ناجحة,مدفوع,مدفوعة,تم,تم الدفع,مكتمل,مكتملة,مؤكد"
        ),
        (
            .pending,
            "pending,processing,in progress,initiated,created,new,submitted,queued,waiting,authorized,"
                + "authorised,on hold,hold,unpaid,open,due,ongoing,in process,"
                + "en attente,en cours,en traitement,initié,initiée,créé,créée,impayé,impayée,à payer,"
                + "en cours de traitement,معلق,معلقة,قيد المعالجة,قيد الانتظار,غير مدفوع,جديد"
        ),
        (
            .failed,
            "failed,fail,failure,unsuccessful,not successful,error,declined,rejected,refused,denied,"
                + "timeout,timed out,expired,insufficient funds,bounced,"
                + "échec,échoué,échouée,erreur,refusé,refusée,rejeté,rejetée,expiré,expirée,non abouti,"
                + "non réussi,échec de paiement,فشل,فاشل,فاشلة,مرفوض,مرفوضة,منتهي الصلاحية,لم تنجح"
        ),
        (
            .cancelled,
            "cancelled,canceled,cancel,void,voided,aborted,abandoned,annulé,annulée,abandonné,abandonnée,"
                + "ملغي,ملغى,ملغاة"
        ),
        (
            .refunded,
            "refunded,refund,reversed,reversal,chargeback,charged back,returned,partially refunded,"
                + "remboursé,remboursée,remboursement,contrepassé,extourné,مسترد,مستردة,تم الاسترداد"
        ),
    ])
}

/// Yes or no, in words of three languages.
package enum FlagText {
    /// `nil` for a word that is neither.
    package static func read(_ text: String) -> Bool? { words[text] }

    /// What laboratories write in a column of flags: whether the result is out of range.
    package static func isAbnormal(_ text: String) -> Bool? {
        read(text) ?? FlagLevel(reading: text)?.isAbnormal
    }

    /// Whether somebody or something is in use.
    package static func isActive(_ text: String) -> Bool? { activity[text] }

    private static let activity = WordList<Bool>([
        (true, "active,actif,active,enabled,activé,en service,نشط,فعال"),
        (false, "inactive,inactif,disabled,désactivé,hors service,غير نشط,غير فعال,معطل"),
    ])
    private static let words = WordList<Bool>([
        (
            true,
            "true,yes,y,oui,o,1,on,vrai,t,v,checked,coché,ok,si,نعم,صح,صحيح,أجل"
        ),
        (false, "false,no,n,non,0,off,faux,f,unchecked,لا,خطأ,كلا"),
    ])
}
