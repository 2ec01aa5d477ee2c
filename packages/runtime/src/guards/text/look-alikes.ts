// A letter of ASCII, then the letters of other alphabets that look like it: Unicode's confusables (UTS #39), version 15,
// as ICU 72 carries them. Written by tools/confusables/confusables.py.
const table: readonly string[] = [
  'AΑАᎪᗅꓮ𐊠𖽀',
  'BΒВᏴᗷꓐꞴ𐊂𐊡𐌁',
  'CСᏟⲤꓚ𐊢𐌂𐐕𐔜',
  'DᎠᗞᗪꓓ',
  'EΕЕᎬⴹꓰ𐊆𑢦𑢮',
  'FϜᖴꓝꞘ𐊇𐊥𐔥𑢢𑣂',
  'GԌᏀᏳꓖ',
  'HΗНᎻᕼⲎꓧ𐋏',
  'IƖΙІӀⲒ',
  'JͿЈᎫᒍꓙꞲ',
  'KΚКᏦᛕⲔꓗ𐔘',
  'LᏞᒪⳐꓡ𐐛𐔦𑢣𑢲𖼖',
  'MΜϺМᎷᗰᛖⲘꓟ𐊰𐌑',
  'NΝⲚꓠ𐔓',
  'OΟОՕⲞⵔꓳ𐊒𐊫𐐄𐓂𐔖𑢵',
  'PΡРᏢᑭⲢꓑ𐊕',
  'Qⵕ',
  'RƦᎡᏒᖇꓣ𐒴𖼵',
  'SЅՏᏕᏚꓢ𐊖𐐠𖼺',
  'TΤТᎢⲦꓔ𐊗𐊱𐌕𑢼𖼊',
  'UՍᑌꓴ𐓎𑢸𖽂',
  'VѴᏙᐯⴸꓦ𐔝𑢠𖼈',
  'WԜᎳᏔꓪ',
  'XΧХᚷⲬⵝꓫꞳ𐊐𐊴𐌗𐔧',
  'YΥУҮᎩᎽⲨꓬ𐊲𑢤𖽃',
  'ZΖᏃꓜ𑢩',
  'aɑαа',
  'bƄЬᏏᑲᖯ',
  'cсᴄⲥꮯ𐐽',
  'dԁᏧᑯꓒ',
  'eеҽꬲ',
  'fքẝꞙꬵ',
  'gƍɡցᶃ',
  'hһհᏂ',
  'iıɩɪιіӏᎥꙇꭵ𑣃',
  'jϳј',
  'lǀᛁⵏꓲ𐊊𐌉𖼨',
  'nոռ',
  'oοσоօჿᴏᴑⲟꬽ𐐬𐓪𑣈𑣗',
  'pρрⲣ',
  'qԛգզ',
  'rгᴦⲅꭇꭈꮁ',
  'sƽѕꜱꮪ𐑈𑣁',
  'uʋυսᴜꞟꭎꭒ𐓶𑣘',
  'vνѵᴠꮩ𑣀',
  'wɯѡԝաᴡꮃ',
  'xхᕁᕽ',
  'yɣʏγуүყᶌỿꭚ𑣜',
  'zᴢꮓ𑣄',
]

let letters: ReadonlyMap<number, number> | undefined

const readTable = (): ReadonlyMap<number, number> =>
  new Map(
    table.flatMap((line) => {
      const [ascii, ...others] = [...line].map((letter) => letter.codePointAt(0) as number)
      return others.map((code) => [code, ascii as number] as const)
    }),
  )

/** The ASCII letter that each letter of another alphabet, or of Latin's rarer blocks, looks like: code points both. */
export const lookAlikes = (): ReadonlyMap<number, number> => {
  letters ??= readTable()
  return letters
}

/** The text with each letter that looks like one of ASCII replaced by that one. */
export const replaceLookAlikes = (text: string): string => {
  const known = lookAlikes()
  let replaced = ''
  for (const letter of text) {
    const ascii = known.get(letter.codePointAt(0) as number)
    replaced += ascii === undefined ? letter : String.fromCharCode(ascii)
  }
  return replaced
}
