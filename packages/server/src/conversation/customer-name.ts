import { createHash } from 'node:crypto'

/**
 * WeChat gives no names since 2021. Until an agent writes a remark, a customer has a readable alias that follows from the
 * customer's id, so that it is the same on every screen and says nothing about the person.
 */
export function customerName(customerId: string, profile: Readonly<Record<string, unknown>>): string {
  const { remark } = profile
  return typeof remark === 'string' && remark.trim() !== '' ? remark.trim() : aliasOf(customerId)
}

export function aliasOf(customerId: string): string {
  const hash = createHash('sha256').update(customerId).digest()
  const pick = (list: readonly string[], at: number) => list[hash.readUInt16BE(at) % list.length] ?? ''
  return `${pick(qualities, 0)}${pick(animals, 2)} ${(hash.readUInt16BE(4) % 90) + 10}`
}

const qualities = [
  ...['晴空', '晨光', '月夜', '春风', '夏雨', '秋叶', '冬雪', '云海', '星河', '山谷', '竹林', '松间', '溪边', '湖心'],
  ...['草原', '花园', '麦田', '稻香', '茶香', '薄荷', '柠檬', '蜜桃', '青梅', '橙色', '蓝色', '紫藤', '琥珀', '珊瑚'],
  ...['安静', '活泼', '悠闲', '勇敢', '温和', '明亮', '轻快', '自在', '好奇', '勤快', '爽朗', '沉稳', '机灵', '快乐'],
]
const animals = [
  ...['海豚', '鲸鱼', '海龟', '企鹅', '海鸥', '白鹭', '天鹅', '仙鹤', '燕子', '云雀', '翠鸟', '喜鹊', '鸽子', '猫头鹰'],
  ...['熊猫', '考拉', '松鼠', '兔子', '小鹿', '羚羊', '骏马', '骆驼', '大象', '长颈鹿', '水獭', '刺猬', '浣熊', '狐狸'],
  ...['雪豹', '狮子', '老虎', '锦鲤', '蝴蝶', '蜻蜓', '蜜蜂', '萤火虫', '瓢虫', '青蛙', '羊驼', '树懒', '河狸', '海狮'],
]
