/** Words that injected instructions are made of, by the part they play. One bit for each part. */
export const wordClass = {
  override: 1 << 0,
  overrideLast: 1 << 1,
  earlier: 1 << 2,
  your: 1 << 3,
  every: 1 << 4,
  directive: 1 << 5,
  reveal: 1 << 6,
  hidden: 1 << 7,
  you: 1 << 8,
  are: 1 << 9,
  now: 1 << 10,
  act: 1 << 11,
  persona: 1 << 12,
  without: 1 << 13,
  restraint: 1 << 14,
  send: 1 << 15,
  confidential: 1 << 16,
  destination: 1 << 17,
  never: 1 << 18,
  tell: 1 << 19,
  user: 1 << 20,
  fresh: 1 << 21,
  end: 1 << 22,
  document: 1 << 23,
  mode: 1 << 24,
  disguised: 1 << 25,
} as const

/**
 * English first, then German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Turkish, Indonesian, Arabic
 * and Hindi. Written as read: they are folded as texts are.
 */
export const vocabulary: Readonly<Record<Exclude<keyof typeof wordClass, 'disguised'>, string>> = {
  override: `ignore ignoring disregard disregarding forget forgetting override overriding bypass neglect discard dismiss
    supersede overwrite unlearn ignoriere ignorieren ignoriert missachte vergiss vergessen ignorez ignorer oubliez oublie
    oublier négligez ignora ignorar ignorad olvida olvide olvidar descarta esqueça esquece desconsidere ignorare ignorate
    dimentica dimenticate negeer vergeet zignoruj ignoruj zapomnij игнорируй игнорируйте проигнорируй забудь забудьте
    abaikan lupakan تجاهل انس`,
  overrideLast: 'unut unutun yoksay görmezden अनदेखा भूल ignorieren vergessen',
  earlier: `previous previously prior above earlier preceding foregoing former past original initial system developer
    vorherigen vorherige bisherigen obigen früheren précédentes précédents précédente antérieures anteriores anterior
    previas previos precedenti anteriori vorige eerdere voorgaande poprzednie wcześniejsze предыдущие прошлые предыдущих
    önceki sebelumnya السابقة पिछले`,
  your: 'your yours deine deinen ihre tes vos tus suas seus tuoi tue jouw twoje свои твои senin anda',
  every: `all any every these those everything whatever alle allen sämtliche toutes tous todas todos
    tutte tutti wszystkie все всё tüm semua جميع सभी`,
  directive: `instruction instructions prompt prompts rule rules guideline guidelines direction directions command commands
    directive directives constraint constraints policy policies programming safeguards guardrails anweisungen anweisung
    regeln vorgaben befehle consignes règles instrucciones reglas órdenes instruções regras ordens istruzioni regole
    instructies regels instrukcje polecenia инструкции инструкций указания правила команды talimatları talimatlar
    talimat kuralları instruksi perintah aturan التعليمات الأوامر निर्देशों निर्देश`,
  reveal: `reveal show print repeat output display leak expose dump disclose recite verbatim divulge zeige verrate gib
    révèle révélez affiche muestra revela imprime mostre revele mostra toon pokaż покажи выведи раскрой göster tampilkan`,
  hidden: `system hidden secret initial original internal confidential developer geheimen versteckten système cachées
    secretas sistema ocultas nascoste systemowe системный системные скрытые sistem`,
  you: 'you du tu vous usted você ты вы sen',
  are: 'are bist es êtes eres é sei',
  now: 'now jetzt maintenant ahora agora ora nu teraz теперь artık sekarang',
  act: 'act pretend roleplay behave respond answer imitate simulate emulate impersonate become',
  persona: `dan jailbroken jailbreak unrestricted unfiltered uncensored amoral unethical evil omnipotent
    godmode devmode sudo stan`,
  without: 'without no ignoring zero ohne sans sin sem senza zonder bez без',
  restraint: `restrictions restriction limitations filters censorship ethics ethical moral morals safety moderation
    einschränkungen filter restrictions limites restricciones filtros restrições restrizioni ограничений ограничения цензуры`,
  send: `send post upload transmit forward exfiltrate email mail append leak sende schicke envoyez envoie envía envia
    enviar inviare invia отправь отправьте gönder kirim`,
  confidential: `password passwords credential credentials secret secrets token tokens key keys conversation history
    contents passwort passwörter zugangsdaten contraseña contraseñas senha senhas mot passe wachtwoord пароль пароли
    şifre kata sandi`,
  destination: 'http https url webhook endpoint server attacker ftp address www',
  never: 'never not dont don without nicht jamais nunca não mai niet никогда не',
  tell: 'tell mention inform notify reveal warn alert disclose say erwähne sage informez',
  user: 'user users anyone human operator benutzer nutzer utilisateur usuario usuário utente пользователю',
  fresh: 'new updated revised actual real true neue nouvelles nuevas novas nuove новые yeni baru',
  end: 'end ende fin fim fine конец stop begin',
  document: 'document input context data article email prompt instructions text untrusted content query',
  mode: 'mode modus modo режим',
}

/** Words that are looked for spelt by rot13 and backwards too. */
export const disguisedWords: readonly string[] =
  `ignore disregard forget override previous instructions instruction prompt
  system reveal password`.split(/\s+/)
