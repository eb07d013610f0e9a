import type { Words } from './words.ts';

/** What is put in keeps its own direction, whatever stands around it (Unicode 9, isolates). */
const apart = (text: string): string => `\u2068${text}\u2069`;

export const ar: Words = {
  clipBy: (name) => `مقطع من ${apart(name)}`,
  replyBy: (name) => `رد من ${apart(name)}`,
  covered: (handle) => `مقطع من ${apart(handle)}`,
  coveredText: 'يقول ناشر هذا المقطع إنه لا يناسب الجميع. يمكنك فتح الصفحة لتقرر.',
  profile: (clips, followers) => `المقاطع: ${clips}، المتابعون: ${followers}`,
  tag: (tag, server) => `مقاطع فيها ${apart(`#${tag}`)} على ${apart(server)}`,
  unnamedSound: 'صوت',
  pack: (size, handle) => `${size} أشخاص، اختارهم ${apart(handle)}`,
  originalSound: (handle) => `الصوت الأصلي من ${apart(handle)}`,
  sound: (server) => `مقاطع بهذا الصوت على ${apart(server)}`,
  playlist: (clips, owner) => `قائمة تشغيل من ${apart(owner)}، المقاطع: ${clips}`,
  notEmbedded: 'هذا المقطع ليس هنا',
  notEmbeddedText: 'حُذف، أو ليس مخصصًا لصفحات أخرى.',
  embedCovered: 'يقول ناشر هذا المقطع إنه لا يناسب الجميع.',
  embedWithheld: 'بسبب صوته، هذا غير متاح في البلد الذي تتواجد فيه.',
  watchOn: (server) => `المشاهدة على ${apart(server)}`,
  open: (server) => `فتح ${apart(server)}`,
  app: { upload: 'رفع مقطع', inbox: 'الإشعارات', search: 'بحث' },
  about: {
    server: (server) => `عن ${apart(server)}`,
    rules: (server) => `قواعد ${apart(server)}`,
    privacy: (server) => `الخصوصية على ${apart(server)}`,
    blocks: (server) => `خوادم يقيّدها ${apart(server)}`,
    transparency: (server) => `ما جرى على ${apart(server)} بالأرقام`,
  },
  needsScript: 'تحتاج هذه الصفحة إلى جافاسكربت لتشغيل المقاطع.',
};
