import type { Language } from './phrases.ts';
import type { Rng } from './rng.ts';

/** What simulated users say, first and later in a conversation about one matter. */
const MATTERS: Readonly<Record<Language, readonly (readonly [string, ...string[]])[]>> = {
  zh: [
    ['我的订单什么时候到货？', '能不能改成周末送？', '那请放在门卫那里。', '好的，谢谢。'],
    ['我想申请退款，商品有划痕。', '退款要多久才能到账？', '运费也退吗？', '明白了，谢谢。'],
    [
      '我搬家了，怎么修改收货地址？',
      '新地址是杭州市西湖区文三路 12 号。',
      '如果已经发货了怎么办？',
      '知道了。',
    ],
    ['可以给我开一张发票吗？', '抬头写公司名字，可以吗？', '电子发票发到邮箱就行。', '谢谢！'],
    ['怎么取消昨天的订单？', '钱什么时候退回来？', '优惠券还能再用吗？', '好的。'],
  ],
  en: [
    [
      'Where is my order?',
      'Could it come on Saturday instead?',
      'Please leave it with a neighbour then.',
      'Thanks!',
    ],
    [
      'I want a refund, the item is scratched.',
      'How long does the refund take?',
      'Is shipping refunded too?',
      'Fine, thanks.',
    ],
    [
      'I moved. How do I change my address?',
      'It is 12 Baker Street, London.',
      'What if it has shipped already?',
      'Okay.',
    ],
    [
      'Can I have an invoice for my purchase?',
      'Please put the company name on it.',
      'An e-mail is enough.',
      'Thank you!',
    ],
    [
      'How can I cancel the order of yesterday?',
      'When do I get my money back?',
      'Can I use the coupon again?',
      'Good.',
    ],
  ],
};

const FOLLOW_UPS: Readonly<Record<Language, readonly string[]>> = {
  zh: ['再说一遍', '没看懂，能再说一次吗？', '不是这个意思，再说一遍。'],
  en: ['say that again', 'Once more please, I did not get it.', "I didn't understand, can you repeat that?"],
};

export interface Script {
  readonly language: Language;
  /** User messages that this conversation wants, follow-ups apart. */
  readonly turns: number;
  /** Message of turn `turn`, counted from 0. */
  line(turn: number): string;
  followUp(rng: Rng): string;
}

/** A conversation of one to five turns; most have three or four. */
export function writeScript(language: Language, rng: Rng): Script {
  const matter = rng.pick(MATTERS[language]);
  const turns = 1 + Math.min(4, Math.floor(rng.logNormal(2.2, 0.5)));
  return {
    language,
    turns,
    line: (turn) => matter[Math.min(turn, matter.length - 1)] ?? matter[0],
    followUp: (random) => random.pick(FOLLOW_UPS[language]),
  };
}
