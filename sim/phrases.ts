/** What the simulated support bot can say. `{slot}` is filled by `text.ts`. */
export type Language = 'zh' | 'en';

interface Topic {
  readonly name: string;
  /** Recognises the topic in a question, in either language. */
  readonly asks: RegExp;
  readonly zh: readonly string[];
  readonly en: readonly string[];
}

export const TOPICS: readonly Topic[] = [
  {
    name: 'refund',
    asks: /退款|退货|退钱|refund|money back|return/i,
    zh: [
      '您的退款申请已经受理，金额 {amount} 元会原路退回。',
      '退款一般在 {days} 个工作日内到账，银行卡可能再晚一天。',
      '如果商品还没有拆封，可以直接在订单 {order} 里点“申请退货”。',
      '退货的运费由我们承担，快递员会在 {date} 上门取件。',
    ],
    en: [
      'Your refund of {amount} dollars has been approved and goes back to the card you paid with.',
      'It usually takes {days} working days to show up; some banks need one day more.',
      'If the item is still sealed, open order {order} and choose "Return item".',
      'Return shipping is on us, and the courier can collect the parcel on {date}.',
    ],
  },
  {
    name: 'delivery',
    asks: /物流|快递|到货|发货|什么时候到|deliver|shipping|parcel|package|track|arrive/i,
    zh: [
      '订单 {order} 已经从{city}仓库发出，预计 {date} 送达。',
      '包裹现在在{city}转运中心，还需要大约 {days} 天。',
      '您可以在“我的订单”里看到每一步的物流信息。',
      '如果那天家里没有人，可以改为自提或者指定门卫代收。',
    ],
    en: [
      'Order {order} has left our warehouse in {city} and should arrive on {date}.',
      'The parcel is at the sorting centre in {city} and needs about {days} more days.',
      'Every step is shown under "My orders", with the link of the carrier.',
      'If nobody is at home that day, you can choose a pick-up point or a neighbour instead.',
    ],
  },
  {
    name: 'address',
    asks: /地址|收货人|搬家|address|moved|recipient/i,
    zh: [
      '没问题，发货之前都可以修改收货地址。',
      '请打开订单 {order}，点“修改地址”，填好新的地址后保存。',
      '地址已经改为{city}，新的送达时间是 {date}。',
      '如果包裹已经发出，我们会请快递公司转寄，大约多 {days} 天。',
    ],
    en: [
      'No problem: the address can be changed until the parcel is handed over.',
      'Open order {order}, choose "Change address", and save the new one.',
      'The address is now in {city}, and the new delivery date is {date}.',
      'If it has been shipped already, the carrier forwards it, which takes about {days} days more.',
    ],
  },
  {
    name: 'invoice',
    asks: /发票|报销|税号|invoice|receipt|vat/i,
    zh: [
      '电子发票会在签收后 {days} 天内发到您的邮箱。',
      '抬头和税号可以在订单 {order} 的“发票信息”里修改。',
      '这张发票的金额是 {amount} 元，含运费。',
    ],
    en: [
      'The invoice is sent to your e-mail address within {days} days of delivery.',
      'Company name and tax number can be changed in order {order}, under "Invoice".',
      'This invoice is over {amount} dollars, shipping included.',
    ],
  },
  {
    name: 'order',
    asks: /订单|下单|取消|购买|order|cancel|bought|purchase/i,
    zh: [
      '我查到了您的订单 {order}，总金额 {amount} 元，状态是“已付款”。',
      '这笔订单会在 {date} 之前处理完。',
      '需要取消的话请在发货前操作，钱会在 {days} 天内退回。',
      '同一个订单里的商品会一起从{city}发出。',
    ],
    en: [
      'I have found your order {order}: {amount} dollars in total, paid.',
      'It will be processed by {date} at the latest.',
      'You can cancel until it ships; the money is back within {days} days.',
      'All items of one order leave together from {city}.',
    ],
  },
  {
    name: 'weather',
    asks: /天气|气温|下雨|weather|temperature|rain/i,
    zh: ['{city}今天多云，气温大约 {days} 到 2{days} 度。', '明天可能有小雨，出门请带伞。', '周末会转晴。'],
    en: [
      'It is cloudy in {city} today, around 2{days} degrees.',
      'Some rain is likely tomorrow, so take an umbrella.',
      'The weekend looks sunny.',
    ],
  },
  {
    name: 'other',
    asks: /./s,
    zh: [
      '这个问题我来帮您看一下。',
      '请告诉我订单号，例如 {order}，我就能查到详细情况。',
      '我们的人工客服每天 9 点到 21 点在线，一般 {days} 分钟内回复。',
      '您也可以在帮助中心里找到一步一步的说明。',
      '这件事我已经记下来了，{date} 之前会有人联系您。',
    ],
    en: [
      'Let me look into that for you.',
      'If you tell me the order number, such as {order}, I can see the details.',
      'Our team is online every day from 9 to 21 and usually answers within {days} minutes.',
      'The help centre has a guide that goes through it step by step.',
      'I have made a note of it, and somebody will contact you by {date}.',
    ],
  },
];

export const OPENINGS = {
  zh: ['您好！', '好的，', '感谢您的耐心等待。', '明白了，', ''],
  en: ['Hello! ', 'Sure. ', 'Thank you for waiting. ', 'I see. ', ''],
} as const;

export const CLOSINGS = {
  zh: ['还有什么可以帮您的吗？', '祝您生活愉快！', '如果还有问题，随时告诉我。'],
  en: ['Is there anything else I can do?', 'Have a nice day!', 'Just tell me if something is still unclear.'],
} as const;

export const AGAIN = { zh: '好的，我再说一遍：', en: 'Sure, once more: ' } as const;

export const CITIES = {
  zh: ['北京', '上海', '杭州', '成都', '深圳', '武汉'],
  en: ['Paris', 'London', 'Berlin', 'Dublin', 'Tokyo', 'Boston'],
} as const;

export const THOUGHTS = {
  zh: ['用户想了解的是“{topic}”。', '先确认订单的状态，再说清楚时间和步骤。', '回答要简短、有礼貌。'],
  en: [
    'The user asks about "{topic}". ',
    'First the state of the order, then dates and steps. ',
    'Keep it short and polite.',
  ],
} as const;
