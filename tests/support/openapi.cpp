#include "tests/support/openapi.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "tests/support/json_schema.hpp"

namespace nearcache::tests {

namespace {

using Complaints = std::vector<std::string>;

constexpr std::array<std::string_view, 6> methods{"get",  "head",   "put",
                                                  "post", "delete", "options"};

// Any answer may have them.
constexpr std::array<std::string_view, 7> common_fields{
    "Server", "Date",         "X-Content-Type-Options", "Connection",
    "Vary",   "Content-Type", "Content-Length"};

bool is_common(const std::string& field) {
    return std::ranges::find(common_fields, field) != common_fields.end() ||
           field.starts_with("Access-Control-");
}

std::string in_capitals(std::string_view text) {
    std::string capitals(text);
    for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return capitals;
}

std::string text_in(const YAML::Node& map, const std::string& name) {
    return map[name].IsDefined() ? map[name].Scalar() : "";
}

OpenApiExample read_example(const YAML::Node& node) {
    OpenApiExample example;
    example.target = node["target"].Scalar();
    for (const auto& field : node["headers"]) {
        example.headers += field.first.Scalar() + ": " + field.second.Scalar() + "\r\n";
    }
    example.has_body = node["body"].IsDefined();
    example.body = text_in(node, "body");
    example.status = node["status"].as<int>();
    example.answer = text_in(node, "answer");
    return example;
}

OpenApiOperation read_operation(const std::string& path, std::string_view method,
                                const YAML::Node& node) {
    OpenApiOperation operation{.id = text_in(node, "operationId"),
                               .method = in_capitals(method),
                               .path = path,
                               .needs_token = !node["security"].IsDefined(),
                               .responses = node["responses"],
                               .examples = {}};
    for (const auto& example : node["x-examples"]) {
        operation.examples.push_back(read_example(example));
    }
    return operation;
}

// "text/html; charset=utf-8" -> "text/html"
std::string media_type(const HttpResponse& response) {
    const auto field = response.header("Content-Type");
    return field.substr(0, field.find(';'));
}

}  // namespace

OpenApi::OpenApi(const std::filesystem::path& file) : document_(YAML::LoadFile(file.string())) {
    for (const auto& path : document_["paths"]) {
        for (const auto method : methods) {
            const auto node = path.second[std::string(method)];
            if (!node.IsDefined()) continue;
            operations_.push_back(read_operation(path.first.Scalar(), method, node));
        }
    }
}

Complaints OpenApi::complaints(const OpenApiOperation& operation,
                               const HttpResponse& response) const {
    const auto status = std::to_string(response.status);
    const auto declared = operation.responses[status];
    if (!declared.IsDefined()) return {status + " is not declared: " + response.body};
    return judge(followed(document_, declared), response, operation.method == "HEAD");
}

Complaints OpenApi::complaints(const std::string& name, const HttpResponse& response,
                               bool to_head) const {
    return judge(resolved(document_, "#/components/responses/" + name), response, to_head);
}

Complaints OpenApi::judge(const YAML::Node& declared, const HttpResponse& response,
                          bool to_head) const {
    Complaints complaints;
    judge_head(declared, response, complaints);
    judge_body(declared, response, to_head, complaints);
    return complaints;
}

void OpenApi::judge_head(const YAML::Node& declared, const HttpResponse& response,
                         Complaints& complaints) const {
    const auto headers = declared["headers"];
    for (const auto& header : headers) {
        const auto& name = header.first.Scalar();
        const auto is = followed(document_, header.second);
        const auto value = response.header(name);
        if (value != "(none)") {
            const auto schema = followed(document_, is["schema"]);
            const bool is_number = text_in(schema, "type") == "integer";
            const auto wrong =
                complaints_about(is_number ? YAML::Load(value) : as_text(value), schema, document_);
            for (const auto& what : wrong) complaints.push_back(name + ": " + what);
        } else if (text_in(is, "required") == "true") {
            complaints.push_back(name + " is missing");
        }
    }
    for (const auto& [name, value] : response.headers) {
        const bool is_declared = headers.IsDefined() && headers[name].IsDefined();
        if (!is_declared && !is_common(name)) complaints.push_back(name + " is not declared");
    }
}

void OpenApi::judge_body(const YAML::Node& declared, const HttpResponse& response, bool to_head,
                         Complaints& complaints) const {
    const auto content = declared["content"];
    const auto type = media_type(response);
    if (type == "(none)") {
        if (!response.body.empty()) complaints.push_back("a body without a type");
        if (content.IsDefined()) complaints.push_back("there is no body");
        return;
    }
    const auto exact = content.IsDefined() ? content[type] : content;
    const bool is_declared =
        content.IsDefined() && (exact.IsDefined() || content["*/*"].IsDefined());
    if (!is_declared) return complaints.push_back(type + " is not declared");
    if (to_head || !exact.IsDefined()) return;
    const bool is_json = type.ends_with("json");
    const auto value = is_json ? YAML::Load(response.body) : as_text(response.body);
    for (const auto& what : complaints_about(value, exact["schema"], document_)) {
        complaints.push_back("body: " + what);
    }
}

}  // namespace nearcache::tests
