/// How far a clinical record has come, as far as anything depends on it.
package enum RecordStatus: String, Sendable, CaseIterable {
    /// Of a visit: it is over. Of a prescription: all of it was taken.
    case completed
    case cancelled, stopped, dispensed, expired
    /// It should never have been written.
    case enteredInError = "entered_in_error"
    /// A warning, which is no prescription.
    case alert

    /// Reads the words of FHIR, HL7 v2 and of programs in three languages; any other word is none of
    /// these, and never stands for one.
    package init?(reading text: String) {
        guard let status = RecordStatus.words[text] else { return nil }
        self = status
    }

    private static let words = WordList<RecordStatus>([
        (
            .completed,
            "completed,complete,finished,closed,ended,discharged,done,fulfilled,checked out,signed off,"
                + "terminé,terminée,clos,close,clôturé,clôturée,achevé,achevée,fini,finie,sorti,sortie,"
                + "مكتمل,مكتملة,منتهي,منتهية,مغلق,مغلقة,انتهى,خرج"
        ),
        (
            .cancelled,
            "cancelled,canceled,cancel,revoked,withdrawn,voided,void,not done,aborted,abandoned,rejected,"
                + "refused,declined,annulé,annulée,révoqué,révoquée,refusé,refusée,abandonné,abandonnée,"
                + "ملغي,ملغى,ملغاة,مرفوض,مرفوضة"
        ),
        (
            .stopped,
            "stopped,stop,discontinued,inactive,suspended,ceased,arrêté,arrêtée,interrompu,interrompue,"
                + "suspendu,suspendue,inactif,متوقف,متوقفة,موقوف,موقوفة,غير نشط"
        ),
        (
            .dispensed,
            "dispensed,delivered,filled,délivré,délivrée,dispensé,dispensée,servi,servie,مصروف,تم الصرف"
        ),
        (.expired, "expired,lapsed,expiré,expirée,périmé,périmée,منتهي الصلاحية"),
        (
            .enteredInError,
            "entered in error,entered error,in error,erroneous,wrong patient,deleted,nullified,"
                + "saisi par erreur,saisie par erreur,erreur de saisie,erroné,erronée,supprimé,supprimée,"
                + "mauvais patient,أدخل بالخطأ,محذوف"
        ),
        (.alert, "alert,alerte,تنبيه"),
    ])
}
