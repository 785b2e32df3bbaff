#include "tests/support/json_schema.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <regex>
#include <stdexcept>

namespace nearcache::tests {

namespace {

using Complaints = std::vector<std::string>;

constexpr std::string_view digits = "0123456789";

bool is_quoted(const YAML::Node& value) { return value.Tag() == "!"; }

std::string type_of(const YAML::Node& value) {
    if (value.IsMap()) return "object";
    if (value.IsSequence()) return "array";
    if (value.IsNull()) return "null";
    const auto& text = value.Scalar();
    if (is_quoted(value)) return "string";
    if (text == "true" || text == "false") return "boolean";
    const auto begin = std::size_t{text.starts_with('-') ? 1u : 0u};
    const bool is_whole = text.size() > begin && text.find_first_not_of(digits, begin) == text.npos;
    if (is_whole) return "integer";
    double number = 0;
    return YAML::convert<double>::decode(value, number) ? "number" : "string";
}

bool is_of_type(const std::string& type, const std::string& wanted) {
    return type == wanted || (type == "integer" && wanted == "number");
}

// Holds one value against one schema.
class Judge {
  public:
    Judge(const YAML::Node& document, const YAML::Node& schema, const YAML::Node& value)
        : document_(document), schema_(schema), value_(value), type_(type_of(value)) {}

    Complaints judge() {
        using Check = void (Judge::*)(const YAML::Node&);
        static const std::map<std::string, Check> checks{
            {"type", &Judge::check_type},
            {"const", &Judge::check_const},
            {"enum", &Judge::check_enum},
            {"pattern", &Judge::check_pattern},
            {"minimum", &Judge::check_minimum},
            {"maximum", &Judge::check_maximum},
            {"minLength", &Judge::check_min_length},
            {"required", &Judge::check_required},
            {"properties", &Judge::check_properties},
            {"additionalProperties", &Judge::check_others},
            {"items", &Judge::check_items},
            {"minItems", &Judge::check_min_items},
            {"oneOf", &Judge::check_one_of},
        };
        // They say something to readers only.
        static const std::array<std::string, 3> remarks{"description", "format", "examples"};
        for (const auto& keyword : schema_) {
            const auto& name = keyword.first.Scalar();
            const auto check = checks.find(name);
            if (check != checks.end()) {
                (this->*check->second)(keyword.second);
            } else if (std::ranges::find(remarks, name) == remarks.end()) {
                throw std::runtime_error("nobody checks the keyword " + name);
            }
        }
        return std::move(complaints_);
    }

  private:
    void complain(const std::string& what) {
        complaints_.push_back(YAML::Dump(value_) + " " + what);
    }
    void join(const YAML::Node& value, const YAML::Node& schema) {
        const auto more = complaints_about(value, schema, document_);
        complaints_.insert(complaints_.end(), more.begin(), more.end());
    }
    bool equals(const YAML::Node& other) const {
        return value_.IsScalar() && other.IsScalar() && value_.Scalar() == other.Scalar();
    }

    void check_type(const YAML::Node& types) {
        bool fits = false;
        if (types.IsScalar()) fits = is_of_type(type_, types.Scalar());
        for (const auto& type : types) fits |= is_of_type(type_, type.Scalar());
        if (!fits) complain("is of type " + type_ + ", not " + YAML::Dump(types));
    }
    void check_const(const YAML::Node& wanted) {
        if (!equals(wanted)) complain("is not " + wanted.Scalar());
    }
    void check_enum(const YAML::Node& wanted) {
        const bool is_one = std::any_of(wanted.begin(), wanted.end(),
                                        [this](const YAML::Node& one) { return equals(one); });
        if (!is_one) complain("is none of " + YAML::Dump(wanted));
    }
    void check_pattern(const YAML::Node& pattern) {
        if (type_ != "string") return;
        if (!std::regex_search(value_.Scalar(), std::regex(pattern.Scalar()))) {
            complain("does not match " + pattern.Scalar());
        }
    }
    void check_minimum(const YAML::Node& least) {
        if (type_ == "integer" && value_.as<long long>() < least.as<long long>()) {
            complain("is below " + least.Scalar());
        }
    }
    void check_maximum(const YAML::Node& most) {
        if (type_ == "integer" && value_.as<long long>() > most.as<long long>()) {
            complain("is above " + most.Scalar());
        }
    }
    void check_min_length(const YAML::Node& least) {
        if (type_ == "string" && value_.Scalar().size() < least.as<std::size_t>()) {
            complain("is too short");
        }
    }
    void check_required(const YAML::Node& names) {
        for (const auto& name : names) {
            if (value_.IsMap() && !value_[name.Scalar()].IsDefined()) {
                complain("has no " + name.Scalar());
            }
        }
    }
    void check_properties(const YAML::Node& properties) {
        for (const auto& property : properties) {
            const auto member = value_.IsMap() ? value_[property.first.Scalar()] : YAML::Node();
            if (member.IsDefined() && value_.IsMap()) join(member, property.second);
        }
    }
    void check_others(const YAML::Node& others) {
        const auto properties = schema_["properties"];
        if (!value_.IsMap()) return;
        for (const auto& member : value_) {
            const auto& name = member.first.Scalar();
            if (properties.IsDefined() && properties[name].IsDefined()) continue;
            if (others.IsMap()) {
                join(member.second, others);
            } else if (others.Scalar() == "false") {
                complain("has " + name);
            }
        }
    }
    void check_items(const YAML::Node& items) {
        if (!value_.IsSequence()) return;
        for (const auto& item : value_) join(item, items);
    }
    void check_min_items(const YAML::Node& least) {
        if (value_.IsSequence() && value_.size() < least.as<std::size_t>())
            complain("is too short");
    }
    void check_one_of(const YAML::Node& schemas) {
        const auto fits = [this](const YAML::Node& schema) {
            return complaints_about(value_, schema, document_).empty();
        };
        const auto count = std::count_if(schemas.begin(), schemas.end(), fits);
        if (count != 1) complain("fits " + std::to_string(count) + " schemas of one");
    }

    const YAML::Node document_;
    const YAML::Node schema_;
    const YAML::Node value_;
    const std::string type_;
    Complaints complaints_;
};

}  // namespace

YAML::Node resolved(const YAML::Node& document, const std::string& reference) {
    if (!reference.starts_with("#/")) throw std::runtime_error("no reference: " + reference);
    YAML::Node node = document;
    auto rest = std::string_view(reference).substr(2);
    while (true) {
        const auto slash = rest.find('/');
        const YAML::Node here = node;
        const auto next = here[std::string(rest.substr(0, slash))];
        if (!next.IsDefined()) throw std::runtime_error(reference + " leads nowhere");
        // Assignment would change the document; reset() lets go of it.
        node.reset(next);
        if (slash == rest.npos) return node;
        rest.remove_prefix(slash + 1);
    }
}

YAML::Node followed(const YAML::Node& document, const YAML::Node& node) {
    const auto reference = node.IsMap() ? node["$ref"] : YAML::Node(YAML::NodeType::Undefined);
    return reference.IsDefined() ? resolved(document, reference.Scalar()) : node;
}

std::vector<std::string> complaints_about(const YAML::Node& value, const YAML::Node& schema,
                                          const YAML::Node& document) {
    return Judge(document, followed(document, schema), value).judge();
}

YAML::Node as_text(const std::string& text) {
    YAML::Node node(text);
    node.SetTag("!");
    return node;
}

}  // namespace nearcache::tests
