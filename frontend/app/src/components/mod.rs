//! What the pages are made of: pure views of what they are handed.

#![allow(clippy::needless_pass_by_value, reason = "a component owns its props")]

mod alarm;
mod attachments;
mod banner;
mod code_block;
mod code_meaning;
mod code_words;
mod counter_scanner;
mod department_contact;
mod document;
mod drawn_once;
mod error_summary;
mod fact_list;
mod fold;
mod footer;
mod form_field;
mod form_steps;
mod header;
mod icon;
mod legal_document;
mod lifecycle;
mod mark;
mod near_misses;
mod notice_words;
mod on_paper;
mod page_form;
mod page_tools;
mod plan;
mod request_form;
mod scene_ways;
mod search_form;
mod service_list;
mod service_terms;
mod source_line;
mod text_area;
mod theme_card;
mod three_lists;
mod timeline;
mod value;
mod verdict;

pub use alarm::Alarm;
pub use attachments::{
    accepted, carried_files, file_faults, files_told, listed_files, named_files, removable_files,
    sent_files,
};
pub use banner::{Banner, Tone};
pub use code_block::{CodeBlock, CodeLine, FaultyCode, Spoken};
pub use code_meaning::division_changes;
pub use code_words::{fault_words, warning_words};
pub use counter_scanner::CounterScanner;
pub use department_contact::{Complaints, ContactRows, FoldedContact, Hotline};
pub use document::PageTitle;
pub use drawn_once::{Part, drawn_once};
pub use error_summary::{ErrorSummary, Fault};
pub use fact_list::{FactList, field_label};
pub use fold::{folded, folded_for_elders};
pub use footer::Footer;
pub use form_field::{FormField, PlainField, answer_fault_words, when_words};
pub use form_steps::{
    carried_along, carried_asks, carried_draft, draft_buttons, filled_in_by, form_name,
};
pub use header::{Header, SkipLink};
pub use icon::{Icon, IconKind};
pub use legal_document::{legal_document, legal_text};
pub use lifecycle::{Lifecycle, stage_name};
pub use mark::{Mark, MarkKind, severity_key};
pub use near_misses::NearMisses;
pub use notice_words::notice_words;
pub use on_paper::{PlaceOnPaper, symbol};
pub use page_form::{
    LEAVE_FORM, MATERIALS_FORM, OPEN_FORM, OUTLINE_FORM, REQUEST_FORM, SITES_FORM, TICKET_FORM,
    VERIFY_FORM, wanted_service,
};
pub use page_tools::{AtHand, PlaceTools, Reader};
pub use plan::{
    LEFT_OUT, Numbered, Plan, hatch_id, legend, map_source, numbered, numbered_around, picture,
    precision_words, sketch, surroundings,
};
pub use request_form::{
    RequestForm, asks_of, faults as request_faults, fields as request_fields, notice_faults,
    rating_faults, refused as refusal_fault, reopening_faults,
};
pub use scene_ways::scene_ways;
pub use search_form::SearchForm;
#[cfg(test)]
pub use search_form::code_check_words;
pub use service_list::{
    FirstServices, ServicesByAim, ServicesNamed, ServicesOfEnded, aim_words, department_words,
    service_title,
};
pub use service_terms::{JointNote, promised, terms_of_form};
pub use source_line::{SourceLine, policy_title, version_words};
pub use text_area::TextArea;
pub use theme_card::{size, sliver_text};
pub use three_lists::{scene_lists, three_lists};
pub use timeline::{Departments, Timeline};
pub use value::{as_heading, as_named, as_written, in_letters, in_short, value_text};
pub use verdict::{WorstLine, verdict, worst};
