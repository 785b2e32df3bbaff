#include "http/routes/documents.hpp"

#include "http/routes/document_texts.hpp"

namespace nearcache::http {

void append_document(std::string_view name, const Asked& asked) {
    const bool is_openapi = name == "openapi";
    // RFC 9512 has the type of YAML.
    append_body(*asked.out, asked.manner,
                {.content_type = is_openapi ? "application/yaml" : "text/plain; charset=utf-8",
                 .bytes = is_openapi ? openapi_text() : docs_text(),
                 .extra_fields = "Cache-Control: no-cache\r\n"});
}

}  // namespace nearcache::http
