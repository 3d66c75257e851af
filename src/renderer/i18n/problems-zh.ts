import type { PhraseWords } from '../../shared/phrases.ts';
import type { ProblemWords } from './translation.ts';

/** The problems in Simplified Chinese. */
export const problems: ProblemWords = {
  // The address
  'url-invalid': {
    sentence: '“{input}”不是网址。',
    advice: '请粘贴服务器的完整地址，以 https:// 开头。',
  },
  'url-scheme-refused': {
    sentence: 'Gatehouse 不会打开 {scheme} 地址。',
    advice: '请使用 https:// 地址。未加密的 http:// 只能用于这台电脑上的服务器。',
  },
  'url-has-credentials': {
    sentence: '地址中含有用户名或密码。',
    advice: '请移除 @ 号之前的部分。Gatehouse 会通过浏览器登录。',
  },
  'url-has-fragment': {
    sentence: '地址中含有片段（# 之后的部分），MCP 服务器的地址不会有片段。',
    advice: '请移除 # 及其后的内容。',
  },
  'server-already-added': {
    sentence: '此服务器已在你的列表中，名为“{name}”。',
    advice: '打开它即可添加另一个账户。',
  },
  'server-unknown': {
    sentence: '此服务器已不在你的列表中。',
    advice: '如果仍然需要，请重新添加。',
  },
  'key-refused': {
    sentence: '{host} 不接受发送给它的密钥（{headers}）。',
    advice: '请在服务器设置中输入另一个密钥。',
  },
  'key-beside-accounts': {
    sentence: '“{name}”已有账户；它们的令牌使用 Authorization 标头。',
    advice: '请先让这些账户退出登录，或使用其他标头。',
  },
  'too-many-headers': {
    sentence: '一个服务器最多可以有 {limit} 个自定义标头。',
    advice: '请先移除一个。',
  },
  'command-changed': {
    sentence: '“{name}”的命令在展示给你之后又有更改。',
    advice: '没有启动任何程序。请再查看一次。',
  },
  'secret-value-missing': {
    sentence: '{name} 的机密值已不在保险库中。',
    advice: '请在服务器设置中重新输入。',
  },
  'program-not-found': {
    sentence: '在这台电脑上找不到程序“{program}”。',
    advice: '请安装它，或在服务器设置中输入其完整路径。',
  },
  'program-not-started': {
    sentence: '程序“{program}”无法启动（{reason}）。',
    advice: '请检查它是否允许运行，然后重试。',
  },
  'program-not-mcp': {
    sentence: '“{name}”的程序正在运行，但不像 MCP 服务器那样应答（{what}）。',
    advice: '请检查它的参数；有些程序需要一个参数，例如“stdio”。',
  },
  'program-needs-shell': {
    sentence: 'Windows 只能通过 shell 运行“{program}”，而 Gatehouse 启动程序时不使用 shell。',
    advice: '请改为输入其背后的程序，例如 node.exe 加上脚本的路径。',
  },
  'folder-not-found': {
    sentence: '文件夹 {folder} 不存在，或不是完整路径。',
    advice: '请在服务器设置中输入另一个工作文件夹。',
  },
  'command-ended': {
    sentence: '“{name}”的程序自行结束了（{how}）。',
    advice: 'Gatehouse 会自动重新启动它。它最后的输出显示在其页面上。',
  },
  'command-keeps-ending': {
    sentence: '“{name}”的程序连续结束了 {times} 次（{how}），因此 Gatehouse 不再启动它。',
    advice: '它最后的输出显示在其页面上。消除原因后，请再次启动。',
  },
  'message-too-long': {
    sentence: '“{name}”的程序在一条消息中写出了超过 {limit} 的内容，因此 Gatehouse 结束了它。',
    advice: '请一次少请求一些。Gatehouse 会自动重新启动它。',
  },
  'command-not-approved': {
    sentence: '“{name}”会在这台电脑上运行一个你尚未批准的程序。',
    advice: '请查看命令，信任它再批准。在此之前不会运行任何程序。',
  },
  'server-without-accounts': {
    sentence: '“{name}”是这台电脑上的程序，无需登录。',
    advice: '直接使用即可，无需账户。',
  },
  'import-file-unreadable': {
    sentence: '无法读取文件 {path}（{reason}）。',
    advice: '请检查你是否有权读取它，然后重新查找。Gatehouse 不会更改它。',
  },
  'import-file-invalid': {
    sentence: '文件 {path} 不是其程序能够读取的 JSON。',
    advice: '请在该程序中修正，然后重新查找。Gatehouse 不会更改它。',
  },
  'import-file-too-large': {
    sentence: '文件 {path} 太大，无法在此读取。',
    advice: '请从中复制一个服务器，在添加服务器时粘贴。',
  },
  'import-entry-gone': {
    sentence: '此服务器已不在找到它的文件中。',
    advice: '请重新查找。',
  },
  'import-entry-refused': {
    sentence: '“{name}”无法按原样导入。',
    advice: '请手动添加。',
  },
  'import-value-refused': {
    sentence: '你为 {name} 输入的内容不能用作那里的值。',
    advice: '请输入一行普通字符。',
  },
  // Managed computers
  'policy-broken': {
    sentence: '这台电脑的策略文件 {path} 无法使用（{reason}）。',
    advice: '在这台电脑的管理者修正之前，不会添加、登录或连接任何内容。',
  },
  'policy-server-refused': {
    sentence: '{by}不允许使用服务器 {host}。',
    advice: '如果需要它，请询问这台电脑的管理者。',
  },
  'policy-issuer-refused': {
    sentence: '{by}不允许在 {host} 登录。',
    advice: '如果需要，请询问这台电脑的管理者。',
  },
  'policy-commands-refused': {
    sentence: '{by}不允许把这台电脑上的程序用作服务器。',
    advice: '如果需要，请询问这台电脑的管理者。',
  },
  'policy-program-refused': {
    sentence: '{by}不允许把程序“{program}”用作服务器。',
    advice: '只能使用策略中列出的程序，并且要输入完整路径。',
  },
  'policy-locked': {
    sentence: '{what}由这台电脑的策略设定，保持不变（{by}）。',
    advice: '请询问这台电脑的管理者。',
  },
  // The network
  'host-not-found': {
    sentence: '找不到名称 {host}。',
    advice: '请检查地址的拼写和你的网络连接。',
  },
  'connection-refused': {
    sentence: '{host} 拒绝了连接。',
    advice: '服务器可能已停止或正在启动。请稍后重试。',
  },
  'network-unreachable': {
    sentence: '无法访问 {host}。',
    advice: '请检查你的网络连接，然后重试。没有丢失任何内容。',
  },
  'client-certificate-needed': {
    sentence: '{host} 要求你出示证书，但没有收到它能接受的证书。',
    advice: '请关闭 Gatehouse 再重新启动，以选择另一个证书。',
  },
  'proxy-failed': {
    sentence: '此系统的代理没有让 Gatehouse 连接到 {host}。',
    advice: '请检查系统的代理设置，或询问代理的管理者。',
  },
  'certificate-invalid': {
    sentence: '{host} 的证书无效：{reason}。',
    advice: '在服务器运营者修正之前，请不要继续。Gatehouse 从不跳过这项检查。',
  },
  'answer-timeout': {
    sentence: '{host} 没有在 {seconds} 秒内应答。',
    advice: '服务器可能负载过高。请稍后重试。',
  },
  'answer-too-large': {
    sentence: '{host} 发来的应答超过了 Gatehouse 接受的 {limit}。',
    advice: '请告知服务器的运营者；跟踪记录会显示是哪个地址。',
  },
  'answer-malformed': {
    sentence: '{host} 发来的应答 Gatehouse 无法读取（{what}）。',
    advice: '请告知服务器的运营者；跟踪记录会显示是哪个地址。',
  },
  'answer-cut': {
    sentence: '{host} 的应答还没有完整就中断了。',
    advice: '所请求的操作可能仍已执行；再次请求之前请先查看。',
  },
  'redirect-refused': {
    sentence: '{host} 将请求重定向到 {target}，Gatehouse 不会跟随。',
    advice: '请检查服务器的地址。重定向到其他网站可能会泄露你的登录信息。',
  },
  'private-address-refused': {
    sentence: '一个公共服务器让 Gatehouse 访问 {host}，而这是你自己网络中的地址。',
    advice: 'Gatehouse 没有访问它。请告知服务器的运营者。',
  },
  'not-mcp': {
    sentence: '{host} 有应答，但不是 MCP 服务器的应答（{what}）。',
    advice: '请检查地址中的路径；许多服务器使用 /mcp 或 /sse。',
  },
  'server-error': {
    sentence: '{host} 返回了自身的错误（{status}）。',
    advice: '请稍后重试。你的账户不受影响。',
  },
  // Discovery
  'resource-metadata-unusable': {
    sentence: '{host} 说明了其元数据的位置，但无法使用：{reason}。',
    advice: '请告知服务器的运营者；跟踪记录会显示是哪个地址。',
  },
  'issuer-mismatch': {
    sentence: '授权服务器自称 {found}，但询问的是 {expected}。',
    advice: '这可能是攻击或配置错误，因此 Gatehouse 停止了。如果你信任它，请在服务器设置中指定该签发者。',
  },
  'issuer-pin-mismatch': {
    sentence: '服务器称其签发者为 {found}，但其设置只允许 {expected}。',
    advice: '如果这一变动在预料之中，请在服务器设置中更改允许的签发者。',
  },
  'issuer-moved': {
    sentence: '此服务器现在使用签发者 {found}，而不是 {expected}。',
    advice: '你的旧账户会保留，但不会在那里使用。如果你信任新的签发者，请在那里重新登录。',
  },
  'issuer-incomplete': {
    sentence: '授权服务器 {host} 缺少应当公布的内容：{what}。',
    advice: '没有它就无法登录。请告知其运营者。',
  },
  'resource-mismatch': {
    sentence: '服务器将自己描述为 {found}，其中不包含 {expected}。',
    advice: '用于一个地址的令牌不得用于另一个地址。请检查地址，或询问服务器的开发者。',
  },
  'resource-scheme-mismatch': {
    sentence: '服务器用 http 描述自己（{found}），但它是通过 https 访问的。',
    advice: '它可能位于自己不知道的代理之后。需要由其开发者设置公开地址。',
  },
  'resource-loopback-mismatch': {
    sentence: '服务器将自己描述为 {found}，但你通过 {expected} 访问它：这是这台电脑的两个名称。',
    advice: '请使用服务器给出的地址。',
  },
  's256-missing': {
    sentence: '授权服务器 {host} 没有声明支持使用 S256 的 PKCE。',
    advice: '没有它，被盗的授权码可能会被他人使用。如果你知道它支持，请在服务器设置中说明。',
  },
  'endpoint-refused': {
    sentence: '授权服务器的 {endpoint} 位于 {found}，Gatehouse 不使用此地址。',
    advice: '只允许 https 地址（http 仅限这台电脑）。请告知其运营者。',
  },
  // Registration
  'registration-not-offered': {
    sentence: '授权服务器 {host} 不允许应用自行注册。',
    advice: '请向其运营者索取客户端 ID，并在服务器设置中输入。',
  },
  'registration-refused': {
    sentence: '授权服务器 {host} 拒绝注册 Gatehouse（{error}）。',
    advice: '请向其运营者索取客户端 ID，并在服务器设置中输入。',
  },
  'registration-issuer-mismatch': {
    sentence: '此服务器设置中的客户端 ID 属于 {expected}，但服务器现在使用 {found}。',
    advice: '请输入用于新签发者的客户端 ID，或只允许旧的签发者。',
  },
  'client-unknown': {
    sentence: '授权服务器 {host} 不再认识 Gatehouse 的注册。',
    advice: '请重新登录；Gatehouse 会重新注册。',
  },
  'client-authentication-unsupported': {
    sentence: '授权服务器 {host} 要求的客户端身份验证方式，Gatehouse 在此无法使用（{methods}）。',
    advice: '请在服务器设置中输入客户端 ID 和客户端密钥。',
  },
  'dpop-unsupported': {
    sentence: '{host} 的令牌必须绑定到密钥（DPoP），而 Gatehouse 不了解其方式（{algorithms}）。',
    advice: '请告知服务器的运营者。',
  },
  // Consent
  'consent-denied': {
    sentence: '你或 {host} 拒绝了同意请求。',
    advice: '没有保存任何内容。你可以随时重新登录。',
  },
  'authorization-refused': {
    sentence: '{host} 结束了登录：{error}。',
    advice: '请重新登录；如果仍然如此，其开发者可以在“活动”中找到原因。',
  },
  'browser-timeout': {
    sentence: '浏览器没有在 {minutes} 分钟内返回。',
    advice: '请重新登录。如果浏览器显示了错误，值得查看“活动”。',
  },
  'browser-not-opened': {
    sentence: '无法打开系统浏览器。',
    advice: '请复制链接，自行在浏览器中打开。',
  },
  'callback-unknown': {
    sentence: '收到了一个没有人在等待的登录应答。',
    advice: '已将其丢弃。如果你刚刚登录过，请从服务器重新开始登录。',
  },
  'callback-invalid': {
    sentence: '这不是浏览器最后停留的地址（{what}）。',
    advice: '请从浏览器地址栏复制完整地址，然后重新粘贴。',
  },
  'response-issuer-mismatch': {
    sentence: '登录应答来自另一个签发者，而不是所询问的签发者（{expected}）。',
    advice: 'Gatehouse 已将其丢弃：签发者可能借此窃取发给别的签发者的授权码。请告知服务器的运营者。',
  },
  'response-issuer-missing': {
    sentence: '登录应答没有写明签发者，尽管 {expected} 承诺会写明。',
    advice: 'Gatehouse 已将其丢弃。请告知签发者的运营者。',
  },
  'redirect-uri-refused': {
    sentence: '{host} 拒绝了返回地址。',
    advice: '请在服务器设置中选择回环地址或固定端口。',
  },
  'loopback-port-busy': {
    sentence: '这台电脑上的端口 {port} 正被另一个程序使用。',
    advice: '请关闭该程序，或在服务器设置中选择另一个端口。',
  },
  // Tokens
  'machine-secret-missing': {
    sentence: '缺少用于登录 {host} 的内容：{what}。',
    advice: '请在服务器设置中输入，或让这台电脑的管理者提供。',
  },
  'token-refused': {
    sentence: '{host} 拒绝发放令牌（{error}）。',
    advice: '请重新登录；如果仍然如此，其开发者可以在“活动”中找到原因。',
  },
  'grant-revoked': {
    sentence: '{host} 表示此登录已失效。',
    advice: '请重新登录。你的设置会保留。',
  },
  'grant-expired': {
    sentence: '此登录已到期，签发者没有提供续期的方式。',
    advice: '请重新登录。你的设置会保留。',
  },
  'refresh-not-offered': {
    sentence: '{host} 没有提供续期此登录的方式。',
    advice: '它在服务器结束之前一直有效；之后请重新登录。',
  },
  'refresh-delayed': {
    sentence: '{host} 刚才无法续期令牌（{reason}）。',
    advice: 'Gatehouse 会保留账户并自动重试。',
  },
  'token-not-accepted': {
    sentence: '{host} 拒绝了刚刚为它签发的令牌。',
    advice: '服务器与其签发者不一致。请重新登录；如果仍然如此，请附上跟踪记录进行报告。',
  },
  'scope-insufficient': {
    sentence: '{host} 需要的权限超出了你的同意：{scopes}。',
    advice: '如果要使用此功能，请授予更多权限；否则你的账户照常可用。',
  },
  'scope-declined': {
    sentence: '{tool} 需要你拒绝过的权限：{scopes}。',
    advice: '如果你改变了主意，请授予更多权限；Gatehouse 不会自动再次请求。',
  },
  'step-up-limit': {
    sentence: '{host} 在一小时内请求了 {times} 次更多权限。',
    advice: 'Gatehouse 暂时不再询问。如果你信任该服务器，请自行授予更多权限。',
  },
  'sign-in-needed': {
    sentence: '{host} 需要你登录。',
    advice: '请用浏览器登录。',
  },
  'account-unknown': {
    sentence: '此账户已不在这里。',
    advice: '登录即可重新添加。',
  },
  // Storage
  'secrets-unreadable': {
    sentence: '“{label}”保存的登录信息无法在这台电脑上解密。',
    advice: '该文件已移到一旁，其他内容不受影响。请重新登录。',
  },
  'secrets-locked': {
    sentence: '密钥库已锁定，因此暂时无法读取“{label}”的登录信息。',
    advice: '请解锁系统的密钥库，然后重试。没有丢失任何内容。',
  },
  'secrets-not-stored': {
    sentence: '新的登录信息无法写入磁盘（{reason}）。',
    advice: '请腾出空间或检查权限，然后重试。',
  },
  'secrets-not-deleted': {
    sentence: '保存的登录信息无法从磁盘删除（{reason}）。',
    advice: '在可能的情况下，签发者那里的登录会被结束。请检查文件夹的权限，然后再次退出登录。',
  },
  'changes-not-stored': {
    sentence: '最近的更改无法写入 {file}（{reason}）。',
    advice: '它在 Gatehouse 关闭之前有效。请腾出空间或检查权限；下次更改时会再次尝试。',
  },
  'file-not-saved': {
    sentence: '无法写入文件（{reason}）。',
    advice: '请选择另一个文件夹，或腾出空间，然后重新保存。',
  },
  'file-not-read': {
    sentence: '无法读取文件 {file}（{reason}）。',
    advice: '它会保持原样，不会写入任何内容。请检查其权限和磁盘，然后重新启动 Gatehouse。',
  },
  'file-set-aside': {
    sentence: '无法读取文件 {file}，已将其移到一旁。',
    advice: '它没有被覆盖。你可以在原文件旁边找到它，名为 {copy}。',
  },
  // Calls
  'connection-lost': {
    sentence: '与 {host} 的连接已断开。',
    advice: 'Gatehouse 会自动重新连接；你也可以立即尝试。',
  },
  'server-disabled': {
    sentence: '此服务器已停用。',
    advice: '启用后即可使用。',
  },
  'call-timeout': {
    sentence: '工具 {tool} 没有在 {seconds} 秒内完成。',
    advice: '请重试，或在服务器设置中延长时限。',
  },
  'call-refused': {
    sentence: '服务器拒绝了对 {tool} 的调用：{message}。',
    advice: '请检查参数。',
  },
  'request-refused': {
    sentence: '{host} 拒绝了请求：{message}。',
    advice: '请重试。如果仍然如此，应当告知服务器的作者。',
  },
  'tool-unknown': {
    sentence: '服务器不再提供名为 {tool} 的工具。',
    advice: '请再看一次列表；服务器可能会改变其提供的内容。',
  },
  'resource-refused': {
    sentence: '服务器拒绝提供资源 {uri}：{message}。',
    advice: '它可能已不存在，或不对此账户开放。',
  },
  'resource-address-invalid': {
    sentence: '用这些值无法从 {template} 得出资源的地址。',
    advice: '请填入模板需要的值。',
  },
  'resource-not-followed': {
    sentence: '服务器不会告知 {uri} 的更改。',
    advice: '需要了解时，请重新读取。',
  },
  'too-many-subscriptions': {
    sentence: 'Gatehouse 同时最多关注一个服务器的 {limit} 个资源。',
    advice: '请先停止关注其中一个。',
  },
  'prompt-refused': {
    sentence: '服务器拒绝了提示词 {prompt}：{message}。',
    advice: '请检查参数。',
  },
  'question-gone': {
    sentence: '此问题已不再开放。',
    advice: '服务器收回了它，或连接已结束。请从调用重新开始。',
  },
  'too-many-sign-ins': {
    sentence: '同时进行的登录太多。',
    advice: '请先完成或取消其中一个。',
  },
  'update-check-failed': {
    sentence: 'Gatehouse 无法得知是否有新版本。',
    advice: '明天会再次检查；你也可以立即检查。',
  },
  'update-download-failed': {
    sentence: '新版本无法下载，或不是由其开发者发布的。',
    advice: '没有安装任何内容。请稍后重试。',
  },
  internal: {
    sentence: 'Gatehouse 在本不该失败的地方失败了。',
    advice: '请重试。“活动”中的跟踪记录值得附在错误报告里。',
  },
};

/** What is filled into them in Simplified Chinese. */
export const phrases: PhraseWords = {
  'it has expired': '已过期',
  'it belongs to another name': '属于另一个名称',
  'it is signed by itself': '由自身签名',
  'it was revoked': '已被吊销',
  'nobody this computer trusts has signed it': '没有这台电脑信任的签名者',
  'a secure connection was not possible': '无法建立安全连接',
  'another address': '另一个地址',
  'unreadable answer': '无法读取的应答',
  'an authorization endpoint': '授权端点',
  'a token endpoint': '令牌端点',
  'its metadata': '其元数据',
  'its token answer': '其令牌应答',
  'its introspection answer': '其内省应答',
  'a token answer without a usable token': '令牌应答中没有可用的令牌',
  'a pushed request without request_uri': '推送请求的应答中没有 request_uri',
  'a registration without client_id': '注册应答中没有 client_id',
  'no identity assertion': '没有身份断言',
  'a DPoP token nobody asked for': '未曾请求的 DPoP 令牌',
  'it is too long': '过长',
  'it has no code': '其中没有授权码',
  'it is no answer to a code request': '不是对授权码请求的应答',
  'the clipboard is empty': '剪贴板是空的',
  'it is not an address': '不是地址',
  '{name} appears twice': '{name} 出现了两次',
  'identity token': '身份令牌',
  'workload token': '工作负载令牌',
  'This setting': '此设置',
  'The policy of this computer': '这台电脑的策略',
  'an unreadable file is in its place': '原处有一个无法读取的文件',
  'encryption failed': '加密失败',
  'the client’s secret can’t be read': '无法读取客户端密钥',
  'Gatehouse is closing': 'Gatehouse 正在关闭',
  'it is empty now': '现在是空的',
  'its origin is': '以其来源',
  'the one of your settings is': '以你设置中的签发者',
  'The server publishes no resource metadata; {taken} taken as the issuer.':
    '服务器没有公布资源元数据；{taken}作为签发者。',
  'The server’s metadata could not be used ({reason}); {taken} taken as the issuer.':
    '服务器的元数据无法使用（{reason}）；{taken}作为签发者。',
  'The server names no issuer; {taken} taken.': '服务器没有列出签发者；{taken}代替。',
  'The issuer calls itself {name}; your settings trust that.': '签发者自称 {name}；你的设置信任这一点。',
  'Server and issuer write the issuer differently (a slash at the end).':
    '服务器与签发者对签发者的写法不同（末尾的斜杠）。',
  'Your settings leave the resource parameter out.': '你的设置省略了 resource 参数。',
  'Your settings fix the resource: {value}.': '你的设置固定了资源：{value}。',
  'Your settings name the scopes to ask for.': '你的设置指定了要请求的权限。',
  'The issuer publishes no metadata; PKCE with S256 is sent all the same.':
    '签发者没有公布元数据；仍会使用 S256 的 PKCE。',
  'The issuer does not list S256; your settings say that it supports it.':
    '签发者没有列出 S256；你的设置声明它支持。',
};
