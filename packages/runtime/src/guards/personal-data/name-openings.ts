/** What may stand between an opening and the name. */
export type Gap = 'a space' | 'a sign' | 'a line' | 'a space or a colon'

/** Words after which a name comes, and how sure that is. */
export interface Opening {
  readonly phrases: readonly string[]
  readonly confidence: number
  readonly gap: Gap
  /** Whether the word itself has to begin with a capital: "Frau", not "frau". */
  readonly isCapitalised?: boolean
  /** Whether one capitalised word may be anything, and two are a name. */
  readonly isUncertain?: boolean
}

const list = (...lines: readonly string[]): string[] => lines.flatMap((line) => line.split(', '))

const titles: Opening = {
  phrases: list(
    'mr, mrs, ms, miss, mx, dr, prof, professor, herr, herrn, frau, monsieur, madame, mademoiselle, mme, mlle, senor',
    'senora, sr, sra, signor, signora, sig, dott, dhr, mevrouw, meneer, mevr, senhor, senhora, pan, pani, doktor, fru',
    'rouva',
  ),
  confidence: 0.8,
  gap: 'a space',
  isCapitalised: true,
}

const introductions: Opening = {
  phrases: list(
    'my name is, name is, i am called, known as, mein name ist, ich heisse, ich heiße, mon nom est, je m appelle',
    'me llamo, mi nombre es, mi chiamo, il mio nome e, meu nome e, chamo me, me chamo, ik heet, mijn naam is',
    'nazywam sie, mam na imie, jag heter, jeg hedder, jeg heter, nimeni on, меня зовут, мене звати, я называюсь',
  ),
  confidence: 0.85,
  gap: 'a space',
}

const fields: Opening = {
  phrases: list(
    'full name, first name, last name, customer name, patient name, surname, given name, name, vorname, nachname',
    'familienname, nom, prenom, nombre, apellido, apellidos, nome, cognome, apelido, naam, voornaam, achternaam, imie',
    'nazwisko, фио, имя, contact person, cardholder, account holder, kontoinhaber, titulaire, titular, intestatario',
  ),
  confidence: 0.7,
  gap: 'a sign',
}

const salutations: Opening = {
  phrases: list(
    'dear, hi, hello, lieber, liebe, hallo, cher, chere, bonjour, estimado, estimada, querido, querida, hola, caro',
    'cara, gentile, prezado, prezada, beste, geachte, drogi, szanowny',
  ),
  confidence: 0.65,
  gap: 'a space',
  isCapitalised: true,
}

const closings: Opening = {
  phrases: list(
    'sincerely, regards, yours truly, cheers, grussen, grußen, grusse, gruß, gruße, cordialement, salutations',
    'saludos, atentamente, saluti, cumprimentos, groeten, groet, pozdrawiam, pozdrowieniami, halsningar, hilsen',
    'уважением',
  ),
  confidence: 0.65,
  gap: 'a line',
}

const uncertain: Opening = {
  phrases: list('i am, i m, this is, signed by, signed, patient, ich bin, je suis, soy, sono, ik ben'),
  confidence: 0.55,
  gap: 'a space or a colon',
  isUncertain: true,
}

/** All of them. */
export const openings: readonly Opening[] = [titles, introductions, fields, salutations, closings, uncertain]

/** Capitalised words that may follow and are nobody's name. */
export const nobody: ReadonlySet<string> = new Set(
  list(
    'sir, madam, team, all, customer, customers, colleague, colleagues, friend, friends, user, users, hiring, everyone',
    'there, valued, support, reader, readers, members, damen, herren, kunde, kundin, kollegen, clients, client, cliente',
    'clientes, collegues, world, the, this, number, address, date, email, phone, unknown, none, null, true, false',
    'required, id, street, company, file, field, type, value, string, president, minister, committee, i, we, please',
    'thank, thanks, your, my, our, it, a, an, if, in, on, not, from, for, mr, mrs, ms, dr',
  ),
)
