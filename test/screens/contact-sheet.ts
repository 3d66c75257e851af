export interface Picture {
  scene: string;
  title: string;
  /** Language, theme and width it is seen in. */
  about: string;
  file: string;
}

const escapeHtml = (text: string) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

/** One page with all pictures, a row for each screen. */
export function contactSheet(
  scenes: readonly { name: string; title: string }[],
  pictures: readonly Picture[],
): string {
  const rows = scenes
    .map(({ name, title }) => {
      const own = pictures.filter(({ scene }) => scene === name);
      if (own.length === 0) return '';
      const figures = own
        .map(
          ({ file, about }) =>
            `<figure><a href="${file}"><img loading="lazy" src="${file}" alt="${escapeHtml(`${title}, ${about}`)}"></a><figcaption>${about}</figcaption></figure>`,
        )
        .join('');
      return `<section id="${name}"><h2>${escapeHtml(title)} <small>${name}</small></h2><div>${figures}</div></section>`;
    })
    .join('\n');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Screens of Gatehouse</title><style>
body{font:14px system-ui;margin:24px;background:#ddd}section{margin-bottom:32px}h2{font-size:15px}small{color:#555;font-weight:400}
section>div{display:flex;gap:12px;align-items:flex-start;overflow:auto}figure{margin:0}img{height:360px;border:1px solid #999}figcaption{color:#444}
</style><h1>${pictures.length} pictures of ${scenes.length} screens</h1>${rows}</html>`;
}
