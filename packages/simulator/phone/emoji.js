/**
 * WeChat's own faces travel as text: `/::)` for the first generation, `[Smirk]` for the later ones. Tencent's pictures
 * are not ours to ship; each code is shown as the nearest Unicode emoji.
 * Rows: code on the wire, Chinese name, English name, emoji.
 */
const ROWS = [
  ['/::)', '微笑', 'Smile', '🙂'],
  ['/::~', '撇嘴', 'Grimace', '😟'],
  ['/::B', '色', 'Drool', '😍'],
  ['/::|', '发呆', 'Scowl', '😶'],
  ['/:8-)', '得意', 'CoolGuy', '😎'],
  ['/::<', '流泪', 'Sob', '😢'],
  ['/::$', '害羞', 'Shy', '😊'],
  ['/::X', '闭嘴', 'Silent', '🤐'],
  ['/::Z', '睡', 'Sleep', '😴'],
  ["/::'(", '大哭', 'Cry', '😭'],
  ['/::-|', '尴尬', 'Awkward', '😅'],
  ['/::@', '发怒', 'Angry', '😡'],
  ['/::P', '调皮', 'Tongue', '😜'],
  ['/::D', '呲牙', 'Grin', '😁'],
  ['/::O', '惊讶', 'Surprise', '😮'],
  ['/::(', '难过', 'Frown', '🙁'],
  ['/:--b', '囧', 'Blush', '😳'],
  ['/::Q', '抓狂', 'Scream', '😫'],
  ['/::T', '吐', 'Puke', '🤮'],
  ['/:,@P', '偷笑', 'Chuckle', '🤭'],
  ['/:,@-D', '愉快', 'Joyful', '😌'],
  ['/::d', '白眼', 'Slight', '🙄'],
  ['/:,@o', '傲慢', 'Smug', '😤'],
  ['/:|-)', '困', 'Drowsy', '😪'],
  ['/::!', '惊恐', 'Panic', '😱'],
  ['/::L', '流汗', 'Sweat', '😓'],
  ['/::>', '憨笑', 'Laugh', '😄'],
  ['/::,@', '悠闲', 'Commando', '😏'],
  ['/:,@f', '奋斗', 'Determined', '💪'],
  ['/::-S', '咒骂', 'Scold', '🤬'],
  ['/:?', '疑问', 'Shocked', '🤔'],
  ['/:,@x', '嘘', 'Shhh', '🤫'],
  ['/:,@@', '晕', 'Dizzy', '😵'],
  ['/:!!!', '骷髅', 'Skull', '💀'],
  ['/:xx', '敲打', 'Hammer', '🔨'],
  ['/:bye', '再见', 'Bye', '👋'],
  ['/:wipe', '擦汗', 'Speechless', '😥'],
  ['/:handclap', '鼓掌', 'Clap', '👏'],
  ['/:B-)', '坏笑', 'Trick', '😈'],
  ['/::-O', '哈欠', 'Yawn', '🥱'],
  ['/:>-|', '鄙视', 'Pooh-pooh', '😒'],
  ['/:P-(', '委屈', 'Shrunken', '🥺'],
  ["/::'|", '快哭了', 'TearingUp', '😿'],
  ['/:X-)', '阴险', 'Sly', '😼'],
  ['/::*', '亲亲', 'Kiss', '😘'],
  ['/:8*', '可怜', 'Whimper', '😔'],
  ['/:beer', '啤酒', 'Beer', '🍺'],
  ['/:coffee', '咖啡', 'Coffee', '☕'],
  ['/:eat', '饭', 'Rice', '🍚'],
  ['/:pig', '猪头', 'Pig', '🐷'],
  ['/:rose', '玫瑰', 'Rose', '🌹'],
  ['/:fade', '凋谢', 'Wilt', '🥀'],
  ['/:showlove', '嘴唇', 'Lips', '💋'],
  ['/:heart', '爱心', 'Heart', '❤️'],
  ['/:break', '心碎', 'BrokenHeart', '💔'],
  ['/:cake', '蛋糕', 'Cake', '🎂'],
  ['/:bome', '炸弹', 'Bomb', '💣'],
  ['/:shit', '便便', 'Poop', '💩'],
  ['/:moon', '月亮', 'Moon', '🌙'],
  ['/:sun', '太阳', 'Sun', '☀️'],
  ['/:hug', '拥抱', 'Hug', '🤗'],
  ['/:strong', '强', 'ThumbsUp', '👍'],
  ['/:weak', '弱', 'ThumbsDown', '👎'],
  ['/:share', '握手', 'Shake', '🤝'],
  ['/:v', '胜利', 'Peace', '✌️'],
  ['/:@)', '抱拳', 'Fight', '🙏'],
  ['/:@@', '拳头', 'Fist', '✊'],
  ['/:ok', 'OK', 'OK', '👌'],
  ['[Smirk]', '奸笑', 'Smirk', '😏'],
  ['[Facepalm]', '捂脸', 'Facepalm', '🤦'],
  ['[Smart]', '机智', 'Smart', '🤓'],
  ['[Onlooker]', '吃瓜', 'Onlooker', '🍉'],
  ['[GoForIt]', '加油', 'GoForIt', '💪'],
  ['[Sweats]', '汗', 'Sweats', '😅'],
  ['[OMG]', '天啊', 'OMG', '🤯'],
  ['[Doge]', '旺柴', 'Doge', '🐶'],
  ['[NoProb]', '好的', 'NoProb', '👌'],
  ['[Wow]', '哇', 'Wow', '🤩'],
  ['[666]', '666', '666', '🤙'],
  ['[Worship]', '合十', 'Worship', '🙏'],
  ['[Packet]', '红包', 'Packet', '🧧'],
  ['[Fireworks]', '烟花', 'Fireworks', '🎆'],
]

export const FACES = ROWS.map(([code, zh, en, emoji]) => ({ code, zh, en, emoji }))

const BY_SPELLING = new Map(
  FACES.flatMap(({ code, zh, en, emoji }) => [
    [code, emoji],
    [`[${zh}]`, emoji],
    [`[${en}]`, emoji],
  ]),
)
/** Codes nest (`/::` begins many): the longest spelling wins. */
const SPELLINGS = [...BY_SPELLING.keys()].sort((a, b) => b.length - a.length)

/** `[微笑]` in the field leaves as `/::)`, as a real phone sends it. */
export function toWire(text) {
  return FACES.reduce((rest, { code, zh, en }) => rest.replaceAll(`[${zh}]`, code).replaceAll(`[${en}]`, code), text)
}

/** Splits text into plain parts and emoji; addresses such as `https://` are left alone because no code begins so. */
export function withEmoji(text) {
  let out = ''
  let at = 0
  while (at < text.length) {
    const spelling =
      text[at] === '/' || text[at] === '[' ? SPELLINGS.find((known) => text.startsWith(known, at)) : undefined
    out += spelling ? BY_SPELLING.get(spelling) : text[at]
    at += spelling ? spelling.length : 1
  }
  return out
}
