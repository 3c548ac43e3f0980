import Testing

/// Names side by side, as a careful registrar would judge them.
///
/// `A = B, C` is two pairs, A with B and A with C. A question mark before a name marks a pair that
/// the rules judge otherwise: known, and asserted as such, so that an improvement shows.
struct NameGroup: Sendable, CustomTestStringConvertible {
    enum Claim: Sendable {
        /// Spellings of one name: exact, or a known variant.
        case same
        /// May well be one name: a slip, a short form, a part. Neither exact nor apart.
        case near
        /// Two names, however alike they look.
        case different
    }

    struct Pair: Sendable {
        let left: String
        let right: String
        let isMiss: Bool
    }

    let title: String
    let claim: Claim
    let pairs: [Pair]

    init(_ title: String, _ claim: Claim, _ table: String) {
        self.title = title
        self.claim = claim
        pairs = table.split(whereSeparator: { $0.isNewline || $0 == ";" }).flatMap { entry in
            let sides = entry.split(separator: "=").map(NameGroup.trimmed)
            guard sides.count == 2 else { preconditionFailure("no pair: \(entry)") }
            return sides[1].split(separator: ",").map(NameGroup.trimmed).map { right in
                Pair(
                    left: sides[0], right: right.hasPrefix("?") ? String(right.dropFirst()) : right,
                    isMiss: right.hasPrefix("?"))
            }
        }
    }

    var testDescription: String { title }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// Cameroon: French and English spelling, Fulbe and Hausa names, particles, titles, married names.
///
/// Decided here: Amina, Aminatou and Aminata are one name, as are Hassana and Assana; Hassan and
/// Hassana are a boy and a girl. Pierre and Peter may be one name, Jean and John are two.
enum CameroonNames {
    static let groups = [
        NameGroup(
            "accents and capitals", .same,
            """
            Élodie = Elodie, ÉLODIE, élodie; Hélène = Helene, HÉLÈNE; François = Francois, FRANÇOIS
            Zoé = Zoe; Noël = Noel, NOËL; Gaëlle = Gaelle; Joël = Joel; Raphaël = Raphael
            Cécile = Cecile; Thérèse = Therese, THERESE; Bénédicte = Benedicte; Éric = Eric
            Désiré = Desire; Célestin = Celestin; Clémence = Clemence; Théophile = Theophile
            Angèle = Angele; Édith = Edith; Gérard = Gerard; Honoré = Honore; Irène = Irene
            Léontine = Leontine; Mélanie = Melanie; Népomucène = Nepomucene; Sœur Inès = Ines
            Ɓalla = Balla; Ɗadi = Dadi; Nkɛng = Nkeng; Ngɔn = Ngon; Məndo = Mendo; Ŋgong = Ngong
            Ƴaya = Yaya; Bôh = Boh; Tsimí = Tsimi; Ndèh = Ndeh; Ncharé = Nchare; Mefiré = Mefire
            """),
        NameGroup(
            "apostrophes, hyphens, order", .same,
            """
            N'Djock = Ndjock, N’Djock, N‘djock, NʼDjock; M'barga = Mbarga, M’Barga, M`barga
            Ngo'o = Ngo’o, Ngoo; N'Gono = Ngono; M'Bappe = Mbappe; N'for = Nfor
            Jean-Pierre = Jean Pierre, JEAN PIERRE, Pierre-Jean; Marie-Claire = Claire Marie
            Anne-Marie = Marie Anne, Anne Marie; Jean Paul Désiré = Désiré Jean-Paul
            Paul Biyong Eric = Eric Paul Biyong; Atangana-Mebara = Atangana Mebara, Mebara Atangana
            Grace Manka'a = Mankaa Grace; Rose-Ange = Ange Rose; Mary-Jane = Jane Mary
            """),
        NameGroup(
            "titles", .same,
            """
            Mme Fouda = Fouda; M. Fouda = ?Fouda; Mr Tabe = Tabe; Mrs Tabe = Tabe; Miss Tabe = Tabe
            Madame Ngono = Ngono; Monsieur Essomba = Essomba; Mademoiselle Biloa = Biloa
            Mlle Biloa = Biloa; Dr Njoya = Njoya; Docteur Njoya = Njoya; Doctor Ayuk = Ayuk
            Pr Essomba = Essomba; Prof Tchuente = Tchuente; Professeur Tchuente = Tchuente
            Alhaji Bello = Bello; Alhadji Bello = Bello; El Hadj Oumarou = Oumarou, Umaru
            Elhadj Sali = Sali; Hadja Aissatou = Aissatou, Aishatu; Père Jean = Jean
            Sœur Odile = Odile; Rev Ngwa = Ngwa; Reverend Ngwa = Ngwa; Pasteur Eyong = Eyong
            Pastor Eyong = Eyong; Maître Nkeng = Nkeng; Mallam Sani = Sani; Malam Sani = Sani
            Veuve Atangana = Atangana; Vve Atangana = Atangana; Tabi Jr = Tabi
            """),
        NameGroup(
            "Fulbe and Hausa spellings of men's names", .same,
            """
            Oumarou = Umaru, Omar, Omarou, Oumar; Mohamadou = Muhammadu, Mamadou, Mohammed, Mouhamadou
            Ousmanou = Usman, Usmanu, Ousmane, Osman; Abdoulaye = Abdullahi, Abdoulahi, Abdullah
            Souleymanou = Suleiman, Souleymane, Sulaiman, Suleimanu; Saïdou = Saidu, Said, Seidou
            Aboubakar = Abubakar, Boubakar, Aboubacar, Abubakari; Hamidou = Hamid, Hamidu
            Issa = Isa, Issah; Moussa = Musa, Moussah; Yaya = Yahya, Yahaya
            Ibrahima = Ibrahim, Ibrahimou, Ibrahimu; Amadou = Ahmadou, Ahmadu, Ahmad, Amadu
            Salihou = Salihu, Saleh; Djibril = Jibril, Djibrilla, Jibrilla, Jibrin
            Idrissou = Idris, Idrissa, Idriss, Idrisu; Youssoufa = Yusufa, Yusuf, Youssouf
            Adamou = Adamu, Adam; Nouhou = Nuhu, Nouh; Bachirou = Bashiru, Bashir, Bachir
            Hayatou = Hayatu; Mahmoudou = Mahmoud, Mahmud, Mahmudu; Iliassou = Iliasu, Ilyas, Ilyassou
            Haman = Hamman; Nassirou = Nasiru, Nasir; Yacouba = Yakubu, Yacoubou
            Djamilou = Jamilu, Jamil; Mouctar = Muktar, Moctar, Mukhtar
            Abdoul Aziz = Abdulaziz, Abdoulaziz, Abdul Aziz; Abdou Raman = Abdurrahman, Abdouramane
            Abdoul Karim = Abdulkarim, Abdoulkarim; Abdoul Wahab = Abdulwahab, Abdoulwahab
            Abdou Salam = Abdulsalam, Abdoussalam; Abdoul Kadiri = Abdulkadir, Abdoulkader
            """),
        NameGroup(
            "Fulbe and Hausa spellings of women's names", .same,
            """
            Aïssatou = Aishatu, Aicha, Aissata, Aisha; Hadidja = Khadija, Kadidja, Hadiza
            Fadimatou = Fatima, Fatimatou, Fatimatu, Fatime; Zenabou = Zainab, Zainabu, Zeinabou
            Mariamou = Mariama, Mariam, Maryam; Hawaou = Hawa, Hawwa; Asmaou = Asma, Asmau
            Aminatou = Amina, Aminatu, Aminata; Halimatou = Halima, Halimatu; Ramatou = Rahmatou, Ramatu
            Habibatou = Habiba, Habibatu; Salamatou = Salamatu; Rabiatou = Rabia, Rabiatu
            Djamilatou = Jamila, Djamila; Nafissatou = Nafisatu, Nafissa, Nafisa
            Safiatou = Safiatu, Safia, Safiya; Rakiatou = Rakiatu, Rakiya; Hafsatou = Hafsatu, Hafsa
            Balkissou = Balkisu, Bilkisu, Balkissa; Maïmouna = Maimuna, Maimounatou, Maimunatu
            Hassana = Assana, Hassanatou; Housseina = Husseina, Oussena, Hussainatu; Sadatou = Sadatu
            """),
        NameGroup(
            "French and English forms, short forms", .near,
            """
            Pierre = Peter; Jacques = James; Étienne = Stephen; Antoine = Anthony; André = Andrew
            Georges = George; Laurent = Lawrence; Guillaume = William; Michel = Michael
            Catherine = Katherine; Philippe = Philip; Nicolas = Nicholas; Christophe = Christopher
            Alexandre = Alexander, Alex; Benjamin = Ben; Emmanuel = Emanuel, Manu; Samuel = Sam
            Elisabeth = Elizabeth; Timothée = Timothy; Louis = Lewis; Denis = Dennis; Daniel = Dan
            Stéphanie = Stephany; Véronique = Veronica; Monique = Monica; Frédéric = Frederick
            Sophie = Sophia; Julie = Julia; Grâce = Gracia; Rachelle = Rachel; Suzanne = Suzana, Susan
            Jean = Jean Pierre; Marie = Marie Claire; Paul = Paul Eric; Rose = Rose-Ange
            Chantal = Chantale; Brigitte = Brigite, Bridgette; Solange = Solanges; Carole = Carol
            Chimène = Chimenne; Blanche = Blanch
            """),
        NameGroup(
            "slips of the pen", .near,
            """
            Mballa = Mbala; Fouda = Foudda, Fuda; Atangana = Atanganna, Atagana; Biloa = Billoa
            Etoundi = Etundi, Etoudi; Essomba = Esomba; Onana = Onanna; Mvondo = Mvundo
            Ngono = Ngonno; Mbarga = Mbargah; Abena = Abenna; Zambo = Zamboo; Manga = Mangah
            Tchoupo = Choupo, Tchoupou; Tchuente = Chuente; Kamdem = Kamdeme; Ngassa = Ngasa
            Youmbi = Yumbi; Wandji = Wanji; Ngounou = Ngunu, Ngounu; Kouam = Kuam
            Foumane = Fumane; Nchare = Nshare; Njoya = Ndjoya, Njoyah; Mbouombouo = Mbouombou
            Fotso = Fotsso; Djoumessi = Djoumesi; Akum = Akoum; Ayuk = Ayouk; Ojong = Odjong
            Besong = Bessong; Mbah = Mba; Neba = Nebah; Awah = Awa; Nkwenti = Kwenti
            Achu = Achou; Tambe = Tambeh; Takang = Takanng; Eyong = Eyongg; Enow = Enouw
            Nguimbous = Nguimbus; Makoun = Makon; Bassong = Basong; Nlend = Nlende; Bikoi = Bikoy
            Ebongue = Ebonge; Ewane = Ewanne; Ekwalla = Ekwala, Ekoalla; Dikoume = Dikume
            Massoma = Masoma; Epée = Epe; Mbappé = Mbape; Eboa = Eboua; Ndoumbe = Ndumbe
            """),
        NameGroup(
            "married names and Ngo", .near,
            """
            Ngo Bassa épouse Mbarga = Ngo Bassa, Mbarga, Bassa; Ngo Bassa = Bassa; Ngo Nlend = Nlend
            Fouda épse Mballa = Fouda, Mballa; Mballa née Fouda = Fouda, Mballa
            Nkeng ep. Tabe = Nkeng, Tabe; Biloa ep Essomba = Biloa; Essomba nee Biloa = Biloa
            Atangana veuve Onana = Atangana, Onana; Njoya Mefire = Njoya, Mefire
            Tchuente Kamdem = Tchuente, Kamdem; Ayuk Tabe = Ayuk, Tabe; Agbor Takang = Agbor
            Ngo Biyiha ép. Nguimbous = Ngo Biyiha, Biyiha, Nguimbous
            """),
        NameGroup(
            "men and women", .different,
            """
            Jean = Jeanne; Michel = Michelle; Paul = Paule, Pauline; Daniel = Danielle; André = Andrée
            Emmanuel = Emmanuelle; Gabriel = Gabrielle; René = Renée; Denis = Denise; Simon = Simone
            Martin = Martine; Louis = Louise; François = Françoise; Christian = Christiane
            Claude = Claudine; Joseph = Joséphine; Antoine = Antoinette; Bernard = Bernadette
            Jacques = Jacqueline; Nicolas = Nicole; Marcel = Marcelle; Pascal = Pascale
            Raphaël = Raphaëlle; Frédéric = Frédérique; Yves = Yvette; Laurent = Laurence
            Patrice = Patricia; Patrick = Patricia; Julien = Julienne; Lucien = Lucienne
            Adrien = Adrienne; Fabien = Fabienne; Eugène = Eugénie; Léon = Léonie; Joël = Joëlle
            Gaël = Gaëlle; Noël = Noëlle; Valère = Valérie; Georges = Georgette; Robert = Roberta
            Stéphane = Stéphanie; Alexandre = Alexandra; Alphonse = Alphonsine; Ernest = Ernestine
            Clément = Clémentine; Célestin = Célestine; Augustin = Augustine; Justin = Justine
            Florent = Florence; Clarence = Clarisse; Félix = Félicité; Victor = Victorine, Victoire
            Albert = Albertine; Ferdinand = Fernande; Gilbert = Gilberte; Éric = Érica; Germain = Germaine
            Hassan = Hassana; Housseini = Housseina; Habib = Habiba; Jamil = Jamila; Amin = Amina
            Halim = Halima; Rachid = Rachida; Nassir = Nassira; Karim = Karima; Said = Saida
            """),
        NameGroup(
            "twins, brothers and sisters, and who only sounds alike", .different,
            """
            Hassan = Hussein; Hassana = Housseina; Assana = Oussena; Tagne = Magne; Wabo = Wamba
            Kameni = Kamga; Ali = Alioum; Amina = Amna; Aminatou = Amadou
            Fatima = Fadila; Mariama = Maimouna; Aïssatou = Assiatou; Salamatou = Salihou
            Moussa = Issa; Oumarou = Ousmanou; Ibrahima = Idrissa; Saidou = Salihou; Hamidou = Hamadou
            Bello = Bella; Ramatou = Rabiatou; Hawa = Hadja; Yaya = Yaou; Djamila = Djamal
            Marie = Marine, Marion, Marius; Christine = Christelle, Christiane; Odette = Odile
            Rose = Rosine; Solange = Sylvie; Jean = Jude; Paul = Saul; Alain = Alice
            Flore = Florence; Carine = Caroline; Nadine = Nadège; Estelle = Esther; Martial = Martin
            Fouda = Fokou; Mballa = Mbarga; Atangana = Ateba; Essomba = Essono; Ngono = Ngoumou
            Nkeng = Nkomo; Tabe = Tamfu; Che = Chi; Fru = Fon; Bih = Bi Ngwa; Ndi = Ndeh; Suh = Sama
            Njoya = Njike; Kamdem = Kamga; Tchoupo = Tchinda; Eyong = Enow; Agbor = Arrey
            Fotso = Fokam; Talla = Tatsa; Kenfack = Kengne; Zogo = Zoa; Owona = Ondoa; Manga = Mengue
            """),
        NameGroup(
            "families one letter apart, which only a date or a phone can tell from a slip", .near,
            """
            Owona = Owono; Mbala = Mballa; Ngassa = Ngansa; Essama = Essomba; Tchinda = Tchienda
            Manga = Mango; Bella = Belle; Onana = Onama; Ndongo = Ndong; Ateba = Atebba
            Mengue = Menguele; Abanda = Abana; Elanga = Elang
            """),
    ]

    /// Given and family name, and the same the other way round.
    static let swapped = [
        ("Maryam", "Atangana"), ("Jean Pierre", "Fouda"), ("Oumarou", "Bello"),
        ("Chantal", "Biloa"),
        ("Grace", "Ayuk"), ("Élodie", "Ngo Bassa"), ("Moussa", "Hamidou"), ("Rose", "N'Djock"),
        ("Emmanuel", "Tchuente"), ("Aïssatou", "Sali"), ("Michel", "Paul"), ("Manka", "Neba"),
    ]
}
