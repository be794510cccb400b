/**
 * What the words of a support conversation do. Written down once, here, so that the rules that read messages hold no
 * vocabulary. Texts are folded: simplified characters, lower case, no apostrophes.
 */

/** What a question asks for; as units of a message these are single characters that no text contains. */
export const ASKS = {
  how: '\ue000',
  why: '\ue001',
  when: '\ue002',
  where: '\ue003',
  who: '\ue004',
  amount: '\ue005',
  what: '\ue006',
} as const;

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** Carry no content of their own: politeness, particles, modal verbs, and the words with which an answer is taken. */
const HAN_EMPTY = words(`
  请 请问 请教 你好 您好 您 亲 亲爱的 麻烦 麻烦你 麻烦您 不好意思 抱歉 打扰 谢谢 多谢 感谢 谢了 辛苦 客服 在吗 在不在 有人吗
  我 我们 咱 咱们 你 你们 他 她 它 他们 人家 自己 这 这个 这款 这种 这样 那 那个 那么 该 应该 其
  帮 帮我 帮忙 帮帮 给 给我 告诉 告诉我 问 问下 问一下 想问 想知道 想 我想 知道 了解 了解一下 看 看看 看下 看一下
  的 地 得 了 着 过 呢 吗 嘛 吧 啊 呀 哦 噢 哈 哇 嗯 嗯嗯 呃 额 诶 哎 哟 啦 呗 咯 么
  是 是的 就是 也是 就 才 都 也 又 再 还 还是 却 则 已 已经 一直 一下 一下子 一个 个 一些 一点 下 点儿
  到底 究竟 完全 根本 压根 所以 因为 因此 其实 但 但是 不过 然后 而且 而 如果 的话 或 或者 和 跟 与 及 以及 并 在 于 从 把 被 将 让 叫
  能 能够 可 可以 会 要 需要 需 必须 肯 行 可行 有 有没有 办 操作 弄 搞 做 进行 办理 方法 办法 方式 步骤 才能 该怎么
  现在 目前 刚才 刚刚 刚 上面 前面 大概 大约 左右 具体 真的 真 很 非常 比较 太 更 最
  说 讲 说的 讲的 回答 呗 急 很急 着急 赶紧 赶快 快点 尽快 直接 只 只是 只想 成 为 以后 时候 时
  好 好的 好吧 好了 对 对的 没事 收到 明白 明白了 知道了 懂了 没问题 继续 下一个 下一题 换一个 再来一个 再来 更多 接着
  一 吧 哪 里 上 中
`);

/** Words that begin with one of the above, and mean something. */
const HAN_WHOLE = words(`
  请假 请柬 会员 会议 会计 还款 还书 还钱 要求 有效 有限 在线 在职 对账 对比 对公 对接 对象 说明 说话 看病 看房 看护 做饭 做菜 做工
  地址 地图 地区 地方 地铁 地铁站 过期 过户 过敏 过滤 过年 点餐 点击 点赞 下单 下载 下架 下午 下周 下个月 下架 上架 上午 上海 上门 上传 上周 上班
  里程 里面 中奖 中心 中文 中国 中午 中介 和平 和解 行李 行程 行业 能源 能力 可乐 叫号 叫醒 更新 更换 更改 最后 最高 最低 最新 最近
  为止 成都 成绩 成分 成员 将来 都市 真皮 真假 真伪 太阳 急诊 急救 直播 直达 讲座 讲解 时间 时效 时区 得分 得奖 从业 从容 被子 被盗
  给付 把手 把关 再见 再生 就业 就诊 就餐 想法 问题 问卷 问候 知识 过程 好评 好友 对手 只读 刚需 该项 要点 其他 其中 其它 办公 办公室 快递 一楼 客服电话
  大会 机会 功能 性能 智能 只能 着火 了结 是非 与会 与否 人家 自己人 而已 方式 需求 也门 才艺
`);

const HAN_ASKS: readonly (readonly [string, readonly string[]])[] = [
  [
    ASKS.how,
    words(
      '怎么 怎样 怎么样 怎么着 怎么办 怎么弄 怎么做 怎么操作 如何 咋 咋办 咋弄 咋整 流程 什么流程 流程是什么 是什么流程',
    ),
  ],
  [ASKS.why, words('为什么 为啥 为何 怎么回事 咋回事 怎么会 凭什么 什么原因 啥原因 原因 是什么原因')],
  [
    ASKS.when,
    words('什么时候 啥时候 何时 几时 多久 多长时间 多少天 几天 多少时间 要多久 什么时间 哪天 几号'),
  ],
  [ASKS.where, words('哪里 哪儿 哪 在哪 在哪里 在哪儿 到哪 到哪里 到哪儿 什么地方 啥地方')],
  [ASKS.who, words('谁 哪个人 什么人 找谁')],
  [ASKS.amount, words('多少 多少钱 几个')],
  [ASKS.what, words('什么 啥 是什么 哪些 什么样 哪个 哪种 哪款')],
];

/** Other ways to say the same, where the choice tells nothing about the question. */
const HAN_SAME: readonly (readonly [string, string])[] = [
  ['查询', '查'],
  ['查查', '查'],
  ['查下', '查'],
  ['查一下', '查'],
  ['查看', '查'],
  ['登陆', '登录'],
  ['帐户', '账户'],
  ['帐号', '账号'],
  ['账户', '账号'],
  ['没有', '没'],
  ['并没有', '没'],
  ['不能', '不'],
  ['不可以', '不'],
  ['不会', '不'],
  ['不要', '不'],
  ['不用', '不'],
];

/** Longest first, by their first character: what a run of Chinese characters is read as, from left to right. */
export const HAN_TABLE: ReadonlyMap<number, readonly (readonly [string, string])[]> = byFirst([
  ...HAN_EMPTY.map((word) => [word, ''] as const),
  ...HAN_WHOLE.map((word) => [word, word] as const),
  ...HAN_ASKS.flatMap(([ask, list]) => list.map((word) => [word, ask] as const)),
  ...HAN_SAME,
]);

/** 1 at the codes of characters that begin an entry, count or deny; most of a text is none of that. 64 KiB. */
export const HAN_SPECIAL = new Uint8Array(0x10000);

const EMPTY = words(`
  a an the i me my mine you your yours we us our they them their he she him her his it its this that these those there here
  please pls plz hi hello hey dear sorry excuse thanks thank thx cheers sir
  am is are was were be been being do does did done doing can could will would shall should may might must have has had having
  to of for in on at by with from as into about and or but so then if than
  just only really actually exactly even still yet now already again ever currently also too
  want wanna need like love know tell say see let get got give help look go going gonna
  ok okay yes yeah yep sure no nope fine good great cool alright well oh ah hmm huh um
  continue next more another one ones way possible process keep any some such yourself myself item
  d ll ve re s m t asking asked ask wondering wonder question dont_know able happen happening
`);
const ENGLISH_ASKS: readonly (readonly [string, readonly string[]])[] = [
  [ASKS.how, ['how', 'hows']],
  [ASKS.why, ['why']],
  [ASKS.when, ['when', 'whens', 'how long', 'what time', 'how soon']],
  [ASKS.where, ['where', 'wheres', 'whereabouts']],
  [ASKS.who, ['who', 'whos', 'whom', 'whose']],
  [ASKS.amount, ['how much', 'how many', 'how often']],
  [ASKS.what, ['what', 'whats', 'which']],
];
const ENGLISH_SAME: readonly (readonly [string, string])[] = words(
  'dont doesnt didnt cant cannot couldnt wont wouldnt isnt arent wasnt havent hasnt hadnt shouldnt never without',
).map((word) => [word, 'not'] as const);

/** A word, or two parted by a space → what it is read as; empty for nothing. */
export const WORD_TABLE: ReadonlyMap<string, string> = new Map([
  ...EMPTY.map((word) => [word, ''] as const),
  ['or not', ''] as const,
  ...ENGLISH_ASKS.flatMap(([ask, list]) => list.map((word) => [word, ask] as const)),
  ...ENGLISH_SAME,
]);
/** The words that may begin an entry of two. */
export const PAIR_STARTS: ReadonlySet<string> = new Set(['how', 'what', 'or']);

/** Deny what is said. */
export const HAN_DENIALS: ReadonlySet<number> = codesOf('不没别无未勿');
export const DENIAL = 'not';

/**
 * Single characters that turn a question into its sibling: 退货 and 换货, 开门 and 关门. Any other single character that
 * was exchanged is a slip of the keyboard more often than another question.
 */
export const TELLING: ReadonlySet<number> = codesOf(
  '退换补开关停启大小中男女上下前后左右里外内买卖进出入早晚加减增删升降红蓝黑白绿黄灰紫粉东西南北冷热暖快慢高低长短新旧' +
    '老存取借还收发寄送来去年月日周天时春夏秋冬公私父母爸妈儿甲乙丙丁多少轻重远近软硬干湿读写听说煮煎炒绑解查改明昨今',
);
/** Said by somebody whose question is answered: what it repeats, it does not ask. */
export const SETTLED =
  /(?:知道|会|明白|懂|解决|搞定|弄好|修好)了(?!吗|没)|\b(?:works? now|it worked|solved|figured it out|all set)\b/;

/** The same in English: of two that were exchanged for one another each turns the question. */
export const TELLING_WORDS: ReadonlySet<string> = new Set(
  words(`
    left right up down open close start stop add remove enable disable buy sell first second third last previous
    before after less long longer short shorter big bigger small smaller early late morning evening read write
    monday tuesday wednesday thursday friday saturday sunday today tomorrow yesterday week month year
    men women kids adult red green blue black white upload download import export send receive
  `),
);
/** Turns what is asked into its opposite; "on", which it is the opposite of, is too common a word to be looked for. */
export const OPPOSITE = 'off';

/** Numbers, and the last days of a week, which has no others. */
export const HAN_NUMERALS: ReadonlySet<number> = codesOf('零〇一二三四五六七八九十百千两俩半日天末');

export function isAsk(word: string): boolean {
  return word >= ASKS.how && word <= ASKS.what;
}

/** Codes of single characters: no string has to be made to look one up. */
export function codesOf(chars: string): ReadonlySet<number> {
  return new Set([...chars].map((char) => char.charCodeAt(0)));
}

for (const code of [...HAN_TABLE.keys(), ...HAN_NUMERALS, ...HAN_DENIALS]) HAN_SPECIAL[code] = 1;

function byFirst(
  entries: readonly (readonly [string, string])[],
): Map<number, (readonly [string, string])[]> {
  const table = new Map<number, (readonly [string, string])[]>();
  for (const entry of entries) {
    const first = entry[0].charCodeAt(0);
    const list = table.get(first);
    if (list) list.push(entry);
    else table.set(first, [entry]);
  }
  for (const list of table.values()) list.sort((a, b) => b[0].length - a[0].length);
  return table;
}
