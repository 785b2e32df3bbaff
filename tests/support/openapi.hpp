#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "tests/support/http_client.hpp"

namespace nearcache::tests {

// A request that the document has as an example.
struct OpenApiExample {
    std::string target;
    std::string headers;  // lines with their CR LF
    std::string body;
    bool has_body = false;
    int status = 0;
    std::string answer;  // the body; empty: not said
};

// One method of one path.
struct OpenApiOperation {
    std::string id;
    std::string method;  // "GET"
    std::string path;    // "/{key}"
    bool needs_token = true;
    YAML::Node responses;
    std::vector<OpenApiExample> examples;
};

// An OpenAPI 3.1 document (https://spec.openapis.org/oas/v3.1.0), and whether answers are as it
// says.
//
// Threads: one.
class OpenApi {
  public:
    explicit OpenApi(const std::filesystem::path& file);

    const YAML::Node& document() const { return document_; }
    const std::vector<OpenApiOperation>& operations() const { return operations_; }

    // What is not as declared: the status, fields of the head, the type of the body, the body.
    std::vector<std::string> complaints(const OpenApiOperation& operation,
                                        const HttpResponse& response) const;
    // The same by one of #/components/responses.
    std::vector<std::string> complaints(const std::string& name, const HttpResponse& response,
                                        bool to_head) const;

  private:
    std::vector<std::string> judge(const YAML::Node& declared, const HttpResponse& response,
                                   bool to_head) const;
    void judge_head(const YAML::Node& declared, const HttpResponse& response,
                    std::vector<std::string>& complaints) const;
    void judge_body(const YAML::Node& declared, const HttpResponse& response, bool to_head,
                    std::vector<std::string>& complaints) const;

    YAML::Node document_;
    std::vector<OpenApiOperation> operations_;
};

}  // namespace nearcache::tests
