#include "http/routes/front_page_text.hpp"

#include <string_view>

namespace nearcache::http {

namespace {

// Names in double braces are filled in.
constexpr std::string_view page_with_gaps = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>nearcache</title>
<style>
:root {
  color-scheme: light dark;
  --page: #fbfaf8; --text: #23211e; --quiet: #6a655e; --line: #dcd7cf; --code: #f1eee8;
  --mark: #0b6e4f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #191a1c; --text: #e4e2de; --quiet: #a09b93; --line: #393a3d; --code: #232427;
    --mark: #5cc8a1;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 3rem 1.25rem 4rem; max-width: 44rem;
  background: var(--page); color: var(--text);
  font: 1.0625rem/1.6 system-ui, sans-serif; overflow-wrap: break-word;
}
h1 { margin: 0 0 .5rem; font-size: 2rem; line-height: 1.2; }
h1 span { color: var(--mark); }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.125rem; }
p { margin: 0 0 1rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9375em; }
pre {
  margin: 0 0 1rem; padding: .75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere;
  background: var(--code); border: 1px solid var(--line); border-radius: .375rem;
}
p code { white-space: nowrap; }
dl { margin: 0; }
dt { font-weight: 600; }
dd { margin: 0 0 .75rem; color: var(--quiet); }
a { color: var(--mark); }
footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); }
</style>
</head>
<body>
<main>
<h1>near<span>cache</span></h1>
<p>This is a cache near its clients, in front of Redis or on a store of its own. A path is a key, a body is
a value; Redis clients find the same keys and the same cache.</p>

<h2>Try it</h2>
<p>Write a key, and read it:</p>
<pre><code>curl {{token}}-X PUT --data-binary hello http://{{http}}/greeting</code></pre>
<pre><code>curl {{token}}-i http://{{http}}/greeting</code></pre>
<p>Read the same key as a Redis client does:</p>
<pre><code>redis-cli -h {{resp_host}} -p {{resp_port}} GET greeting</code></pre>
<p>The head of an answer says where it came from: <code>X-Cache</code>, <code>Cache-Status</code> and
<code>Age</code>.</p>

<h2>Read on</h2>
<dl>
<dt><a href="/?docs">Every request and its answer</a></dt>
<dd><code>docs/http.md</code>, with a curl line for each</dd>
<dt><a href="/?openapi">The same for programs</a></dt>
<dd><code>docs/openapi.yaml</code></dd>
<dt><code>docs/resp.md</code></dt>
<dd>what is done with a Redis command</dd>
<dt><code>docs/configuration.md</code></dt>
<dd>every setting, its names and its default</dd>
</dl>
</main>
<footer>This page is for browsers. Any other client that asks for <code>/</code> gets a 404: the empty key is
nobody&rsquo;s.</footer>
</body>
</html>
)";

constexpr std::string_view token_option = "-H 'Authorization: Bearer TOKEN' ";

void append_escaped(std::string& html, std::string_view text) {
    for (const char c : text) {
        switch (c) {
            case '&':
                html += "&amp;";
                break;
            case '<':
                html += "&lt;";
                break;
            case '>':
                html += "&gt;";
                break;
            case '"':
                html += "&quot;";
                break;
            case '\'':
                html += "&#39;";
                break;
            default:
                html += c;
        }
    }
}

std::string_view fill(std::string_view gap, const FrontPage& page) {
    if (gap == "http") return page.http;
    if (gap == "resp_host") return page.resp_host;
    if (gap == "resp_port") return page.resp_port;
    return page.needs_token ? token_option : std::string_view{};
}

}  // namespace

std::string front_page_text(const FrontPage& page) {
    std::string html;
    html.reserve(page_with_gaps.size() + 512);
    auto rest = page_with_gaps;
    for (auto open = rest.find("{{"); open != rest.npos; open = rest.find("{{")) {
        const auto close = rest.find("}}", open);
        html.append(rest.substr(0, open));
        append_escaped(html, fill(rest.substr(open + 2, close - open - 2), page));
        rest.remove_prefix(close + 2);
    }
    return html.append(rest);
}

}  // namespace nearcache::http
