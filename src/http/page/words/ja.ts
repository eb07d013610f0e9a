import type { Words } from './words.ts';

export const ja: Words = {
  clipBy: (name) => `${name}さんの動画`,
  replyBy: (name) => `${name}さんの返信`,
  covered: (handle) => `${handle}さんの動画`,
  coveredText:
    '投稿者は、この動画が誰にでも向いているわけではないとしています。ページを開いて判断してください。',
  profile: (clips, followers) => `動画${clips}件、フォロワー${followers}人`,
  tag: (tag, server) => `${server}の #${tag} の動画`,
  unnamedSound: 'サウンド',
  pack: (size, handle) => `${handle}さんが選んだ${size}人`,
  originalSound: (handle) => `${handle}さんのオリジナル音源`,
  sound: (server) => `${server}でこの音源を使った動画`,
  playlist: (clips, owner) => `${owner}さんの再生リスト、動画${clips}本`,
  notEmbedded: 'この動画はここにありません',
  notEmbeddedText: '削除されたか、ほかのページでは表示できません。',
  embedCovered: '投稿者は、この動画が誰にでも向いているわけではないとしています。',
  embedWithheld: '音源の都合により、現在の国ではご利用いただけません。',
  watchOn: (server) => `${server}で見る`,
  open: (server) => `${server}を開く`,
  app: { upload: '動画をアップロード', inbox: '通知', search: '検索' },
  about: {
    server: (server) => `${server}について`,
    rules: (server) => `${server}のルール`,
    privacy: (server) => `${server}のプライバシー`,
    blocks: (server) => `${server}が制限しているサーバー`,
    transparency: (server) => `${server}での対応（数字）`,
  },
  needsScript: '動画を再生するにはJavaScriptが必要です。',
};
